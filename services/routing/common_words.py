"""The commonest words of languages, by which one is told from another, and the scripts that tell
by themselves. Data.

Words are as `words.folded` leaves them, for many write without accents.
"""

from typing import Final

COMMON: Final = {
    "en": "the of and to in is that it was for on are with as his they at be this have from or had"
    " by but not what all were we when your can said there an which their if do will how about up"
    " out them then she many some so these would other into has more could my than been who its now"
    " did get may i you me he hello dear please thank thanks regards don't can't i'm i've isn't"
    " does any am whether where should our us only also just because very here his her hi yours"
    " sincerely kind somebody anybody something anything after before too off over find help",
    "cy": "yr yn mae i'r o'r a'r yw oedd ac wedi gan am ar eich chi chwi rwy'n rwyf rydw rydym dw"
    " ni fy ei eu mewn gyda ond nid nad ddim dim os gwelwch dda diolch bore prynhawn noswaith fawr"
    " hoffwn hoffem hoffai allwch oes gennych modd sut beth pwy pryd pam ble faint bydd byddai"
    " roedd"
    " cael gwneud mynd dod i'n i'w yma yno hwn hon hyn hynny hefyd eto nawr rwan ydy ydych ydyw"
    " sydd"
    " unrhyw dros cyn erbyn hyd oddi wrth wnewch gallaf gallwn alla allaf ydw dydw dyw yw'r yw'n"
    " mae'r mae'n nid yw'r ga gaf llyfr llyfrau llyfrgell chwilio anfon helo annwyl cofion gorau"
    " a'i na ag y un nos ddydd dydd wythnos iawn fod bod neu ati ataf ato chwi eisiau heb fel rhai",
    "fr": "le la les de des du et est que qui dans pour pas sur une un avec vous je il elle nous ce"
    " cette ces mon ma mes votre vos ne se au aux par plus sont ou mais si d'une d'un l'on qu'il"
    " c'est j'ai n'est est-ce quel quelle quand comment bonjour merci bonsoir madame monsieur"
    " cordialement avez pourriez voudrais suis ete etre avoir fait faire peut ai ont leur tout tous"
    " bien tres aussi comme sans son sa ses en y a lui entre encore meme depuis chez donc puis",
    "de": "der die das und ist nicht ich sie es ein eine einen einem einer zu den dem mit von fur"
    " auf im in sich auch an als wie wir ihr mir mich haben habe hat sind war wird werden kann"
    " konnen konnten wurde mochte bitte danke guten tag hallo gerne gern noch aber oder wenn ob"
    " dass"
    " was wer wann wo mein meine meinem meinen ihre ihren unser unsere nur schon bei nach aus bis"
    " uber vor sehr geehrte geehrter damen herren freundlichen gruss grusse grussen liebe lieber"
    " gibt muss nun jetzt leider zur zum am wuerde koennen moechte",
    "es": "el la los las de que y en un una por con para no es su sus se lo le les del al como mas"
    " pero o si me mi mis muy ya esta este esto son fue ha hay tiene tienen tengo puede podria"
    " podrian quisiera gustaria gracias hola buenos buenas dias tardes saludos estimado estimada"
    " cuando donde quien cual porque tambien sin sobre entre hasta desde nos usted ustedes he ser"
    " estar hacer solo todo todos algun alguna libro libros ahora favor",
    "it": "il lo la gli le di che e un una per con non sono del della dei delle al alla nel nella"
    " si"
    " ma come anche piu mi ho ha hanno vorrei potrei potete grazie buongiorno salve buonasera"
    " saluti"
    " gentile se quando dove chi cosa perche questo questa mio mia suo sua ci da dal dalla essere"
    " avere fare stato molto ancora solo tutti tutto o in",
    "pt": "o os as de que e em um uma por com para nao do da dos das no na nos nas se mais mas como"
    " ao eu meu minha seu sua foi sao tem tenho pode gostaria obrigado obrigada bom boa dia tarde"
    " ola cumprimentos quando onde quem porque tambem muito ja esta este isto ser estar fazer voces"
    " voce ate pelo pela so ha",
    "ca": "el la els les de que i en un una per amb no es del dels al als com mes pero o si em meu"
    " meva molt ja aquest aquesta son ha hi te tinc podria voldria gracies hola bon bona dia tarda"
    " salutacions quan on qui perque tambe sense fins des nosaltres vosaltres ser estar fer tot"
    " vull",
    "nl": "de het een en van ik is dat niet te in op met voor zijn er aan ook als maar om bij dan"
    " nog"
    " naar heb heeft hebben kan kunt kunnen zou graag willen weten of wat wie waar wanneer mijn uw"
    " u"
    " wij we ons deze dit die door over uit tot bedankt dank goedendag hallo beste groet groeten"
    " vriendelijke alstublieft mij me geen wel al was worden wordt zo",
    "sv": "och att det som en pa ar av for med till den inte jag har om ett vi men sa kan skulle"
    " vill"
    " veta nar var vad hur min mitt mina ni er han hon de fran eller tack hej halsningar vanliga"
    " god dag skriva finns boken bocker detta denna mig oss ocksa bara efter",
    "da": "og at det som en pa er af for med til den ikke jeg har om et vi men sa kan ville vil"
    " vide"
    " nar hvor hvad hvordan min mit mine i jer han hun de fra eller tak hej hilsen venlig god dag"
    " findes bogen boger dette denne mig os ogsa kun efter",
    "no": "og at det som en pa er av for med til den ikke jeg har om et vi men sa kan ville vil"
    " vite"
    " nar hvor hva hvordan min mitt mine dere han hun de fra eller takk hei hilsen vennlig god dag"
    " finnes boken boker dette denne meg oss ogsa bare etter",
    "fi": "ja on ei etta se oli han mutta ovat joka kun niin kuin myos olen voi voin haluaisin"
    " tietaa"
    " onko missa milloin mita kuka miten minun teidan kiitos hei paivaa terveisin tai jos kirja"
    " kirjoja kirjasto tama nyt vain mina minulla teilla olisi",
    "pl": "i w na z ze do nie jest sie to czy jak o co od po za dla ale tak lub mam ma mnie moj"
    " moja"
    " moje moge chcialbym chcialabym prosze dziekuje dzien dobry witam pozdrawiam panstwo panstwa"
    " pani pan ktory ktora ktore ktorym kiedy gdzie kto jaki jaka tez juz tylko byl byla przed"
    " przez"
    " przy teraz moga mozna bardzo aby by ksiazka ksiazki ksiazek we my sa",
    "cs": "a v na z ze do neni je se to ci jak o co od po za pro ale tak nebo mam mne muj moje mohu"
    " chtel chtela bych prosim dekuji dobry den zdravim ktery ktera ktere kdy kde kdo jaky take uz"
    " jen byl byla pred pres pri ted mohou velmi aby by kniha knihy jsem jsou i ve",
    "sk": "a v na z ze do nie je sa to ci ako o co od po za pre ale tak alebo mam mna moj moje"
    " mozem"
    " chcel chcela by som prosim dakujem dobry den zdravim ktory ktora ktore kedy kde kto aky tiez"
    " uz"
    " len bol bola pred cez pri teraz mozu velmi aby kniha knihy su aj vo",
    "hu": "a az es hogy nem is egy van volt de ha mint csak meg ki mi mit mikor hol hogyan"
    " szeretnem"
    " szeretnek tudni koszonom jo napot kivanok udvozlettel kedves kell lehet konyv konyvek"
    " konyvtar"
    " ezt azt nekem vagy vagyok nincs mar most nagyon",
    "ro": "si de la in a cu pe nu este un o ca sa din pentru care mai ce se au am fost dar sau cum"
    " unde cand cine as dori vreau multumesc buna ziua salut va rog imi mea meu dumneavoastra carte"
    " carti biblioteca acest aceasta sunt foarte daca",
    "hr": "i u na je da se za od s ne to su kao o po bi ali ili iz sto kako gdje kada tko moj moja"
    " mogu htio htjela hvala dobar dan pozdrav molim koji koja koje sam smo bio bila knjiga knjige"
    " knjiznica li ovo jako",
    "sl": "in v na je da se za od z s ne to so kot o po bi ali iz kaj kako kje kdaj kdo moj moja"
    " lahko"
    " rad rada hvala dober dan pozdravljeni prosim ki sem smo bil bila knjiga knjige knjiznica ter"
    " tudi zelo",
    "ga": "an na agus ar is ni go le do i a bhfuil ta se si sin seo mar ach no cad conas cathain"
    " cen mo bhur uaim maith raibh dia duit agat leabhar leabhair leabharlann nil ba mhaith liom",
    "eu": "eta da ez bat du dut dira zen baina ere hau hori nire zuen non noiz nola zer eskerrik"
    " asko"
    " kaixo egun on liburu liburua liburutegia nahi dago daude edo",
    "tr": "ve bir bu da de icin ile mi mu ne var yok cok daha gibi ben sen biz siz benim kadar"
    " olarak"
    " merhaba tesekkurler tesekkur ederim iyi gunler saygilar nasil nerede zaman kitap kitaplar"
    " kutuphane istiyorum miyim misiniz olan degil ama veya",
    "so": "waa iyo oo ku ka u in uu ay aan waxaan waxay ma la si soo aad loo haddii mahadsanid"
    " salaan"
    " buug buugaag maktabadda fadlan kuma goorma sidee maxay anigu way inaan rabaa",
    "vi": "va la cua khong co toi cho mot nay duoc trong voi cac nguoi thi khi o dau gi nao xin"
    " chao"
    " cam on muon biet thu vien sach ban chung toi se da",
    "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada saya anda ke ada apakah bisa"
    " bagaimana kapan dimana siapa terima kasih selamat pagi siang buku perpustakaan kami juga"
    " atau",
    "ar": "في من على الى ان هل ما لا هذا هذه التي الذي عن مع كان كانت لم لن قد او ثم كل بعد قبل عند"
    " انا نحن لكم لدي لديكم يمكن اود اريد شكرا مرحبا السلام عليكم فضلكم كيف متى اين ماذا ولكن لكن"
    " كتاب كتب المكتبه المكتبة يوم غير هو هي لان يجب الان",
    "fa": "در به از که این را با است برای آن یک خود تا کرد بر هم نیز می شود های ایا سلام متشکرم"
    " ممنون"
    " کتاب کتابخانه چگونه کجا چه من شما ما اگر ولی یا",
    "ur": "کے کی میں ہے اور سے کا کو اس کہ پر نہیں ہیں یہ ایک بھی تو نے ہو تھا مجھے میرا کیا شکریہ"
    " سلام کتاب کتابیں لائبریری اپ ہم کیسے کہاں کب ہوں",
    "ru": "и в не на я что с он как это по но из у за от так же вы мы мне мой для к до или если бы"
    " можно хотел хотела спасибо здравствуйте добрыи день пожалуиста где когда кто есть ли книга"
    " книги библиотека очень уже только этот",
    "uk": "і в не на я що з він як це по але із у за від так же ви ми мені мій для до або якщо чи"
    " можна хотів хотіла дякую добрии день доброго дня будь ласка де коли хто є книга книги"
    " бібліотека"
    " та дуже вже тільки цеи",
    "bg": "и в не на аз че с как това по но от за да се е са ми мои или ако ли може искам благодаря"
    " здравеите добър ден моля къде кога кои има книга книги библиотека много вече само този",
}
SCRIPTS: Final = {
    "el": "GREEK",
    "he": "HEBREW",
    "hy": "ARMENIAN",
    "ka": "GEORGIAN",
    "ko": "HANGUL",
    "ja": "HIRAGANA",
    "zh": "CJK",
    "th": "THAI",
    "hi": "DEVANAGARI",
    "bn": "BENGALI",
    "pa": "GURMUKHI",
    "gu": "GUJARATI",
    "ta": "TAMIL",
    "te": "TELUGU",
    "am": "ETHIOPIC",
    "ar": "ARABIC",
    "fa": "ARABIC",
    "ur": "ARABIC",
    "ru": "CYRILLIC",
    "uk": "CYRILLIC",
    "bg": "CYRILLIC",
}
"""Languages that are not in Latin letters, and the first word of their letters' Unicode names."""
