"""The words of bare thanks, by language. Data.

Each word here is one that a letter of mere thanks may have. Words that turn, deny, ask, count or
tell of something new must never be added: no `but`, `not`, `still`, `please`, `can`, `when`.
Apostrophes part words (`that s`). Accents do not matter.
"""

from typing import Final

THANKS: Final = {
    "en": "thank you,thanks,many thanks,thankyou,thx,ta,cheers,thank u,my thanks,our thanks,"
    "with thanks,a big thank you,a huge thank you,a thousand thanks,heartfelt thanks,warm thanks",
    "cy": "diolch,diolch yn fawr,llawer o ddiolch,llawer iawn o ddiolch,diolch o galon,"
    "diolch yn fawr iawn,can diolch,mil diolch,diolchiadau,gyda diolch,diolch i chi",
    "fr": "merci,mille mercis,un grand merci,merci beaucoup,merci bien,grand merci,"
    "mille fois merci,"
    "avec mes remerciements,je vous remercie,nous vous remercions,tous mes remerciements",
    "de": "danke,vielen dank,herzlichen dank,besten dank,tausend dank,danke schon,dankeschon,"
    "danke sehr,ganz herzlichen dank,ich danke ihnen,wir danken ihnen,lieben dank,danke vielmals",
    "es": "gracias,muchas gracias,mil gracias,muchisimas gracias,un millon de gracias,"
    "le agradezco,les agradezco,os agradezco",
    "it": "grazie,grazie mille,molte grazie,mille grazie,grazie tante,tante grazie,vi ringrazio,"
    "la ringrazio",
    "pt": "obrigado,obrigada,muito obrigado,muito obrigada,agradeco,muito agradecido,"
    "muito agradecida,muitissimo obrigada,muitissimo obrigado",
    "nl": "bedankt,dank u,dank je,dank u wel,dankuwel,dankjewel,hartelijk dank,heel erg bedankt,"
    "hartelijk bedankt,veel dank,vriendelijk bedankt,dank jullie wel",
    "pl": "dziekuje,dziekuje bardzo,bardzo dziekuje,serdecznie dziekuje,wielkie dzieki,dzieki,"
    "dziekujemy,bardzo dziekujemy",
    "ar": "شكرا,شكرا جزيلا,جزيل الشكر,الف شكر,اشكركم,اشكرك,شكرا كثيرا,كل الشكر,خالص الشكر,"
    "جزاكم الله خيرا,جزاك الله خيرا",
}
AFTER: Final = {
    "en": "so much,very much,a lot,lots,again,once again,once more,indeed,ever so much,to you,"
    "to you all,to you both,to everyone,all,everyone,everybody,team,both,kindly,a million,"
    "so very much,very much indeed,from all of us,from us all,to all of you,to the team,"
    "for taking the time,for taking the time to help,for taking the time to help me,"
    "for taking the time to reply,for taking the time to answer,for taking the trouble,"
    "for your time,for all your time,for your time and help,for your help and time,"
    "for getting back to me,for getting back to us,for getting back to me so quickly,"
    "for getting back to me so soon,for letting me know,for letting us know,"
    "for going to so much trouble,for going the extra mile,for getting it sorted,"
    "for sending it to me,for sending them to me",
    "cy": "yn fawr,yn fawr iawn,i chi,i chi gyd,i bawb,eto,unwaith eto,o galon,pawb,bawb,iawn",
    "fr": "beaucoup,infiniment,encore,encore une fois,bien,a vous,a tous,a toute l equipe,"
    "sincerement,vivement,chaleureusement,mille fois,de tout coeur",
    "de": "schon,sehr,vielmals,nochmals,noch einmal,herzlich,ihnen,euch,an alle,allen,"
    "an das ganze team",
    "es": "otra vez,de nuevo,de verdad,de corazon,a todos,a todas,a usted,a ustedes,"
    "a todo el equipo,nuevamente",
    "it": "ancora,di nuovo,di cuore,davvero,infinite,a tutti,a voi,mille,moltissimo",
    "pt": "novamente,mais uma vez,de coracao,a todos,mesmo,a voces,a toda a equipa",
    "nl": "nogmaals,wel,heel erg,allemaal,hartelijk,zeer,aan iedereen",
    "pl": "bardzo,jeszcze raz,serdecznie,wszystkim,panstwu,pani,panu,raz jeszcze",
    "ar": "جزيلا,كثيرا,لك,لكم,مرة اخرى,مره اخرى,جميعا,لكم جميعا,من القلب",
}
"""What may follow the word of thanks."""
FOR: Final = {
    "en": "for",
    "cy": "am",
    "fr": "pour,de,d",
    "de": "fur",
    "es": "por,su",
    "it": "per,di,del,della,dell",
    "pt": "por,pela,pelo,a",
    "nl": "voor",
    "pl": "za",
    "ar": "على,ل",
}
BEFORE: Final = {
    "en": "just wanted to say,i just wanted to say,just to say,this is just to say,"
    "we wanted to say,"
    "i wanted to say,just a quick note to say,a quick note to say,ok,okay,and,so,"
    "i would like to say,really,a very big,a big,got it,received,all received",
    "cy": "hoffwn ddweud,dim ond i ddweud,a,ac",
    "fr": "et,je voulais vous dire,je voulais simplement vous dire,juste un mot pour dire,"
    "bien recu",
    "de": "und,ich wollte nur sagen,ich mochte nur sagen,super,toll,prima,ja",
    "es": "y,solo queria decir,solo queria darles las,recibido",
    "it": "e,volevo solo dire,ricevuto",
    "pt": "e,so queria dizer,recebido",
    "nl": "en,ik wilde alleen zeggen",
    "pl": "i,chcialam tylko powiedziec,chcialem tylko powiedziec",
    "ar": "و",
}
"""What may stand before it, besides praise."""
PRAISE: Final = {
    "en": "helpful,brilliant,great,wonderful,excellent,perfect,perfectly,lovely,fantastic,superb,"
    "amazing,marvellous,terrific,fab,fabulous,grateful,appreciated,appreciate,thoughtful,"
    "generous,delighted,pleased,thrilled,splendid,awesome,beautiful,invaluable,outstanding,stars,"
    "star,impressed",
    "cy": "defnyddiol,ardderchog,gwych,bendigedig,perffaith,hyfryd,gret,campus,ffantastig,"
    "caredig,garedig,ddefnyddiol,wych,hapus,gwerthfawr,werthfawr,wrth fy modd,ddiolchgar,"
    "diolchgar,caredigrwydd,penigamp",
    "fr": "utile,parfait,parfaite,parfaitement,super,genial,geniale,excellent,excellente,"
    "formidable,merveilleux,merveilleuse,precieuse,precieux,aimable,gentil,gentille,gentillesse,"
    "ravi,ravie,reconnaissant,reconnaissante,magnifique,bravo,chaleureux,impeccable,amabilite",
    "de": "hilfreich,hilfreiche,perfekt,super,toll,tolle,wunderbar,wunderbare,ausgezeichnet,"
    "ausgezeichnete,grossartig,grossartige,prima,klasse,freundlich,dankbar,begeistert,spitze,"
    "hervorragend,hervorragende,herrlich",
    "es": "util,perfecto,perfecta,perfectamente,genial,estupendo,estupenda,excelente,maravilloso,"
    "maravillosa,fantastico,fantastica,amable,amables,amabilidad,agradecido,agradecida,encantado,"
    "encantada,valiosa",
    "it": "utile,perfetto,perfetta,perfettamente,ottimo,ottima,eccellente,meraviglioso,"
    "meravigliosa,fantastico,fantastica,gentile,gentili,gentilissimi,gentilissima,gentilezza,"
    "prezioso,preziosa,grato,grata,splendido,splendida,bravi,bravissimi,cortesia",
    "pt": "util,perfeito,perfeita,perfeitamente,otimo,otima,excelente,maravilhoso,maravilhosa,"
    "fantastico,fantastica,simpatico,gentil,gentileza,preciosa,grato,grata,amavel,simpatia",
    "nl": "nuttig,behulpzaam,perfect,geweldig,geweldige,fantastisch,fantastische,uitstekend,"
    "uitstekende,prachtig,vriendelijk,vriendelijkheid,dankbaar,super,top,blij",
    "pl": "pomocne,pomocna,pomocny,swietnie,swietne,swietna,doskonale,doskonala,wspaniale,"
    "wspaniala,super,idealnie,idealne,uprzejma,uprzejmosc,wdzieczna,wdzieczny,fantastyczne,"
    "fantastycznie,cudownie,zyczliwosc",
    "ar": "رائع,رائعه,رائعة,ممتاز,ممتازه,ممتازة,مفيد,المفيدة,المفيده,مفيده,مفيدة,جميل,جميله,"
    "جميلة,الرائعة,الرائعه,الرائع,الكريم,الكريمة,لطيف,لطفكم,لطفك,القيمة,القيمه,ممتن,ممتنة,سعيد,"
    "سعيدة,جدا رائع,كرمكم",
}
OTHER: Final = {
    "en": "your,the,all,that,this,these,those,it,they,you,i,we,us,me,my,our,am,is,was,are,were,"
    "have been,has been,s,re,m,ve,so,very,really,such,much,of,and,with,a,an,for,both,absolutely,"
    "truly,extremely,incredibly,being,sending,finding,helping,replying,answering,responding,"
    "looking into,help,reply,answer,answers,response,assistance,advice,trouble,effort,efforts,"
    "service,support,work,care,patience,information,info,email,message,letter,note,news,link,"
    "links,book,books,copy,copies,scan,scans,article,articles,photograph,photographs,photo,"
    "photos,picture,pictures,document,documents,file,files,recording,pages,list,library,staff,"
    "team,everything,done,sorted,everyone,as ever,as always,quickly,so quickly,promptly,kindly,"
    "swiftly,together,everybody,colleagues,colleague,people,librarian,librarians,wales,job,"
    "research,searching,explaining,explanation,indeed,too,quick,prompt,swift,speedy,kind,nice,"
    "good,happy,useful,treasure,kindness,super",
    "cy": "eich,y,yr,r,am,a,ac,i,yn,n,mae,roedd,oedd,yw,hyn,hynny,hwn,hon,chi,fi,ni,mor,iawn,o,"
    "gyd,holl,gan,fod,bod,dod,anfon,helpu,gymorth,cymorth,help,ateb,ymateb,neges,amser,gwaith,"
    "wybodaeth,gwybodaeth,llyfr,llyfrau,copi,copiau,lluniau,llun,erthygl,ddolen,dolen,gwasanaeth,"
    "wasanaeth,ymdrech,trafferth,yr holl,gyda,popeth,bopeth,staff,llyfrgell,tim,eu,ei,gwneud,"
    "wnaethoch,wneud,rydych,ydych,wedi,rwy,rwyf,dw,dwi,garedigrwydd,cyngor,gyngor,sgan,sganiau,"
    "tudalennau,dogfen,hollol,tu hwnt,gwir,wir,gwerthfawrogi,fawr,neis,cael,oll,wrth,eithriadol,"
    "heddiw,gyflym,cyflym,prydlon,dda,da,braf",
    "fr": "votre,vos,ton,tes,la,le,les,l,un,une,d,de,du,des,et,c,est,etait,a,ete,vous,m,moi,nous,"
    "tres,vraiment,tout,toute,tous,toutes,ce,cette,cela,ca,si,bien,trop,pour,avoir,aide,reponse,"
    "reponses,temps,travail,envoi,livre,livres,copie,copies,article,articles,photos,"
    "photographies,renseignements,renseignement,information,informations,equipe,bibliotheque,"
    "service,conseil,conseils,message,courriel,mail,lien,liens,document,documents,pris,peine,"
    "aidee,aide,trouve,envoye,repondu,rapidement,aussi,disponibilite,patience,efforts,recherche,"
    "recherches,accueil,suis,etes,sommes,mon,mes,qui,que j,cherchais,absolument,page,pages,"
    "numerisation,rapide,efficace",
    "de": "ihre,ihren,ihrer,ihr,die,der,das,den,dem,eine,einen,ein,und,es,ist,war,waren,sind,"
    "haben,hat,sie,mir,uns,so,sehr,wirklich,ganz,alles,alle,fur,mit,bei,hilfe,antwort,antworten,"
    "auskunft,unterstutzung,zeit,arbeit,buch,bucher,kopie,kopien,artikel,fotos,foto,bilder,info,"
    "informationen,information,nachricht,mail,link,links,dokument,dokumente,team,bibliothek,"
    "bucherei,service,rat,tipp,tipps,geholfen,geschickt,bin,ich,wir,auch,genau,gesucht,gebraucht,"
    "habe,scan,scans,seiten,recherche,bemuhungen,geduld,zusendung,im,namen,diese,dieser,dieses,"
    "schnell,schnelle,schnellen,rasche,gute,guten,gut,muhe,freundliche,lieb,liebe,nett,nette",
    "es": "su,sus,tu,vuestra,la,el,los,las,lo,un,una,de,del,y,e,es,fue,ha,han,sido,me,nos,muy,"
    "todo,toda,todos,todas,tan,por,con,ayuda,respuesta,respuestas,tiempo,trabajo,libro,libros,"
    "copia,copias,articulo,articulos,fotos,fotografias,informacion,mensaje,correo,enlace,"
    "documento,documentos,equipo,biblioteca,servicio,consejo,consejos,ayudado,enviar,"
    "enviado,encontrar,contestar,realmente,esto,eso,estoy,son,ustedes,usted,justo,que,buscaba,"
    "necesitaba,exactamente,esfuerzo,paciencia,ayudarme,haberme,haber,gestion,mucho,mi,rapida,"
    "rapido,rapidez,buen,buena,gran,eficaz",
    "it": "vostro,vostra,suo,sua,tuo,tua,il,lo,la,i,gli,le,l,un,una,di,del,della,dell,e,stato,"
    "stata,siete,e stato,mi,ci,molto,davvero,tutto,tutti,tutta,cosi,per,con,aiuto,risposta,"
    "risposte,tempo,lavoro,libro,libri,copia,copie,articolo,articoli,foto,informazioni,"
    "informazione,messaggio,mail,link,documento,documenti,biblioteca,servizio,consiglio,consigli,"
    "disponibilita,avermi,averci,aiutato,aiutata,inviato,trovato,proprio,quello,che,cercavo,sono,"
    "pazienza,assistenza,ricerca,vi,questo,rapida,rapido,veloce",
    "pt": "sua,seu,vossa,vosso,a,o,as,os,um,uma,de,do,da,dos,das,e,foi,foram,sao,me,muito,tao,"
    "tudo,toda,todo,todos,por,pela,pelo,com,ajuda,resposta,respostas,tempo,trabalho,livro,livros,"
    "copia,copias,artigo,artigos,fotos,fotografias,informacao,informacoes,mensagem,link,"
    "documento,documentos,equipa,equipe,biblioteca,servico,ajudar,realmente,isto,isso,"
    "estou,voces,exatamente,que,procurava,precisava,disponibilidade,paciencia,rapida,rapido,boa,"
    "bom,eficiente",
    "nl": "uw,je,jullie,de,het,een,van,en,is,was,waren,zijn,heeft,hebben,me,mij,ons,zo,heel,erg,"
    "echt,alles,alle,voor,met,hulp,antwoord,reactie,antwoorden,tijd,moeite,werk,boek,boeken,"
    "kopie,kopieen,artikel,foto,foto s,informatie,bericht,mail,link,document,documenten,team,"
    "bibliotheek,service,advies,geholpen,gestuurd,dit,dat,ben,ik,ook,precies,zocht,nodig,had,"
    "toezenden,goede,snelle,snel,goed,fijn,fijne,vriendelijke",
    "pl": "za,pomoc,odpowiedz,odpowiedzi,czas,prace,praca,ksiazke,ksiazki,kopie,artykul,zdjecia,"
    "informacje,informacja,wiadomosc,link,dokument,dokumenty,biblioteka,bibliotece,obsluge,"
    "obsluga,rade,to,bylo,jest,i,tak,bardzo,naprawde,wszystko,cala,cale,caly,mi,nam,panstwa,"
    "panstwu,pani,pana,panu,pan,okazana,udzielona,przeslane,przeslanie,wyslanie,znalezienie,"
    "jestem,jestescie,cierpliwosc,skany,skan,wszystkie,ta,ten,te,taka,trud,szybka,szybko,"
    "ekspresowa,mila,mile,milo",
    "ar": "على,من,و,كل,هذا,هذه,ما,المساعدة,المساعده,مساعدتكم,مساعدتك,ردكم,ردك,الرد,جهودكم,جهدكم,"
    "تعاونكم,وقتكم,المعلومات,معلومات,الكتاب,الكتب,المقال,الصور,الصورة,الرابط,الرسالة,الرساله,"
    "اهتمامكم,خدمتكم,الخدمة,الخدمه,كان,كانت,جدا,حقا,كثيرا,لي,لنا,المكتبة,المكتبه,فريق,الفريق,"
    "انتم,انا,صبركم,النصيحة,ارسالكم,قمتم,به,لكم,لك,السريع,السريعة,السريعه",
}
"""What may stand between, behind `for` or beside praise; alone it is nothing that is understood."""
PHRASES: Final = {
    "en": "just what i needed,exactly what i needed,just what i was looking for,"
    "exactly what i was looking for,just what we needed,exactly what we needed,"
    "that s all i needed,just the thing,just the job,you made my day,you ve made my day,"
    "you have made my day,i really appreciate it,i do appreciate it,we really appreciate it,"
    "much appreciated,very much appreciated,greatly appreciated,really appreciated,"
    "it is much appreciated,it s much appreciated,all sorted,all sorted now,all good,"
    "all good now,more than helpful,more than kind,got it,received,received with thanks,"
    "no need to reply,you re a star,you are a star,you re the best,what a star,"
    "keep up the good work,well done,job done,it works,it works now,it worked,that worked,"
    "that works,that works now,it worked perfectly,that s it,that s wonderful,so kind of you,"
    "very kind of you,that is very kind,that s very kind,how kind,you are very kind,"
    "you re very kind,how lovely,what a lovely surprise,i am so grateful,god bless,bless you,"
    "it means a lot,it means so much,that means a lot,that means so much,that will do nicely,"
    "very useful,that was very useful,that is very useful,that s very useful,this is very useful,"
    "it was very useful,that is useful,that s useful,very good,that s very good,"
    "very happy with it,i am very happy with it,that s just what i needed,"
    "that is just what i needed,that was just what i needed,this is just what i needed,"
    "that s exactly what i needed,that is exactly what i needed,this is exactly what i needed,"
    "that is so kind,that s so kind",
    "cy": "dyna'r union beth,dyna r union beth oedd ei angen,dyna oedd ei angen arnaf,i r dim,"
    "chi werth y byd,da iawn,da iawn chi,mae n gweithio nawr,mae n gweithio rwan,wedi i dderbyn,"
    "wedi derbyn,popeth yn iawn,dim angen ateb,dyna ni,dw i n gwerthfawrogi,"
    "rwy n gwerthfawrogi hynny,rydw i n ddiolchgar iawn,rwy n ddiolchgar iawn",
    "fr": "c est exactement ce qu il me fallait,exactement ce qu il me fallait,"
    "c est exactement ce que je cherchais,exactement ce que je cherchais,bien recu,"
    "tout est en ordre,tout est parfait,c est parfait,c est tres gentil,c est tres aimable,"
    "vous etes formidables,ca marche,ca marche maintenant,ca fonctionne,bon travail,"
    "pas besoin de repondre,quelle bonne surprise",
    "de": "genau das habe ich gebraucht,genau das habe ich gesucht,genau das richtige,"
    "genau was ich brauchte,alles gut,alles bestens,alles klar,hat geklappt,es hat geklappt,"
    "es klappt jetzt,es funktioniert jetzt,weiter so,sie haben mir sehr geholfen,"
    "das hat mir sehr geholfen,das hat sehr geholfen,sie sind ein schatz,ist angekommen",
    "es": "es justo lo que necesitaba,justo lo que necesitaba,justo lo que buscaba,"
    "es exactamente lo que buscaba,todo perfecto,todo bien,todo en orden,ya funciona,"
    "me ha sido de gran ayuda,me ha ayudado mucho,recibido,buen trabajo,muy amable,muy amables",
    "it": "proprio quello che cercavo,e proprio quello che cercavo,tutto a posto,tutto perfetto,"
    "tutto bene,ora funziona,ricevuto,ottimo lavoro,siete stati gentilissimi,"
    "mi avete aiutato molto",
    "pt": "era mesmo o que precisava,era mesmo o que procurava,tudo certo,tudo bem,ja funciona,"
    "recebido,bom trabalho,ajudou muito",
    "nl": "precies wat ik zocht,precies wat ik nodig had,alles in orde,het werkt nu,"
    "het is gelukt,goed gedaan,ontvangen,daar ben ik erg mee geholpen",
    "pl": "dokladnie tego szukalam,dokladnie tego szukalem,dokladnie tego potrzebowalam,"
    "dokladnie tego potrzebowalem,wszystko gra,wszystko dziala,juz dziala,otrzymalam,otrzymalem,"
    "dobra robota,bardzo mi to pomoglo,to bardzo mi pomoglo",
    "ar": "هذا ما كنت ابحث عنه,هذا بالضبط ما كنت ابحث عنه,هذا ما كنت احتاجه,بارك الله فيكم,"
    "بارك الله فيك,وصلت الرسالة,وصلتني الرسالة,كل شيء على ما يرام,احسنتم,لقد ساعدتموني كثيرا",
}
"""Whole clauses besides."""
GREETING: Final = {
    "en": "dear,hi,hello,hey,good morning,good afternoon,good evening,hiya,greetings,hi there,"
    "hello there,hello again,hi again,afternoon,morning",
    "cy": "annwyl,helo,shwmae,s mae,bore da,prynhawn da,noswaith dda,haia,pnawn da,henffych",
    "fr": "bonjour,bonsoir,cher,chere,chers,cheres,salut,re bonjour,rebonjour",
    "de": "guten tag,guten morgen,guten abend,hallo,liebe,lieber,sehr geehrte,sehr geehrter,"
    "sehr geehrte damen und herren,moin,gruss gott,servus",
    "es": "hola,buenos dias,buenas tardes,buenas noches,estimado,estimada,estimados,querida,"
    "querido,"
    "buenas",
    "it": "buongiorno,buonasera,ciao,salve,gentile,gentili,cara,caro,buon pomeriggio",
    "pt": "ola,oi,bom dia,boa tarde,boa noite,caro,cara,prezado,prezada,prezados",
    "nl": "hallo,hoi,beste,geachte,goedemorgen,goedemiddag,goedenavond,goedendag,dag",
    "pl": "dzien dobry,witam,czesc,dobry wieczor,szanowni panstwo,szanowna pani,szanowny panie,"
    "witam serdecznie",
    "ar": "مرحبا,السلام عليكم,السلام عليكم ورحمة الله,السلام عليكم ورحمة الله وبركاته,عزيزي,عزيزتي,"
    "اعزائي,صباح الخير,مساء الخير,اهلا,تحية طيبة",
}
TITLES: Final = (
    "x,xx,xxx,mr,mrs,ms,miss,dr,prof,sir,madam,all,team,everyone,everybody,both,folks,there,"
    "librarian,"
    "librarians,library,staff,colleagues,desk,bawb,pawb,bawb yno,tim,mr a mrs,madame,monsieur,"
    "mesdames,messieurs,mme,tous,toutes,equipe,frau,herr,damen,herren,und,zusammen,team,senora,"
    "senor,senores,equipo,todos,todas,dottoressa,dottore,signora,signor,tutti,senhora,senhor,"
    "mevrouw,meneer,heer,allemaal,allen,pani,panie,panstwo,and,et,y,e,a,i,en,de,la,el,le"
)
"""What may stand with a name."""
CLOSING: Final = {
    "en": "best wishes,kind regards,best regards,warm regards,kindest regards,warmest regards,"
    "regards,"
    "all the best,best,yours,yours sincerely,yours faithfully,yours truly,sincerely,warmly,"
    "warmest wishes,with best wishes,with kind regards,with warm wishes,very best wishes,"
    "many blessings,take care,bye,goodbye,bye for now,have a nice day,have a lovely day,"
    "have a great day,have a good day,have a good weekend,have a lovely weekend,"
    "have a great weekend,"
    "have a nice weekend,enjoy your day,enjoy your weekend,enjoy the weekend,happy christmas,"
    "merry christmas,happy new year,happy easter,x,xx,xxx,love,lots of love,gratefully,"
    "yours gratefully,stay safe,with love,and best wishes,and all the best,"
    "have a lovely evening,have a good evening,have a lovely christmas,season s greetings,"
    "thanks and best wishes,thanks and regards,with gratitude,with appreciation,respectfully",
    "cy": "cofion,cofion gorau,cofion cynnes,gyda chofion,yr eiddoch yn gywir,hwyl,hwyl fawr,"
    "hwyl am y"
    " tro,pob hwyl,pob dymuniad da,dymuniadau gorau,nadolig llawen,penwythnos braf,hwyl nawr,"
    "mwynhewch y penwythnos,diwrnod da,blwyddyn newydd dda,yn gywir,yn ddiffuant,cofion caredig,"
    "gyda diolch,gyda dymuniadau gorau",
    "fr": "cordialement,bien cordialement,tres cordialement,bien a vous,amicalement,"
    "sinceres salutations,meilleures salutations,salutations distinguees,bonne journee,"
    "bonne fin de journee,bon week end,bonne soiree,a bientot,au revoir,tres bonne journee,"
    "cordiales salutations,avec toute ma reconnaissance,joyeux noel,bonnes fetes,respectueusement",
    "de": "mit freundlichen grussen,freundliche grusse,viele grusse,liebe grusse,herzliche grusse,"
    "beste grusse,schone grusse,mit besten grussen,mit freundlichem gruss,mfg,lg,vg,"
    "schonen tag,schonen tag noch,einen schonen tag,einen schonen tag noch,schones wochenende,"
    "ein schones wochenende,tschuss,auf wiedersehen,bis bald,alles gute,frohe weihnachten,"
    "hochachtungsvoll,mit herzlichen grussen",
    "es": "saludos,un saludo,un cordial saludo,saludos cordiales,atentamente,un abrazo,abrazos,"
    "buen dia,que tenga un buen dia,que tengan un buen dia,buen fin de semana,hasta pronto,adios,"
    "cordialmente,feliz navidad,besos",
    "it": "cordiali saluti,distinti saluti,saluti,un saluto,buona giornata,buona serata,"
    "buon fine settimana,buon weekend,a presto,arrivederci,un caro saluto,cordialmente,buon natale",
    "pt": "cumprimentos,atenciosamente,com os melhores cumprimentos,melhores cumprimentos,abraco,"
    "um abraco,abracos,bom fim de semana,tenha um bom dia,ate breve,cordialmente,feliz natal",
    "nl": "met vriendelijke groet,met vriendelijke groeten,vriendelijke groet,vriendelijke groeten,"
    "groet,groeten,groetjes,hartelijke groet,hartelijke groeten,fijne dag,prettige dag,"
    "fijn weekend,prettig weekend,tot ziens,mvg",
    "pl": "pozdrawiam,pozdrawiam serdecznie,serdecznie pozdrawiam,z powazaniem,z wyrazami szacunku,"
    "milego dnia,zycze milego dnia,milego weekendu,do widzenia,wszystkiego dobrego,"
    "wesolych swiat,pozdrowienia",
    "ar": "مع التحية,مع تحياتي,تحياتي,مع خالص التحية,مع اطيب التحيات,اطيب التحيات,مع السلامة,"
    "دمتم بخير,مع خالص الشكر والتقدير,مع فائق الاحترام,يوما سعيدا,الى اللقاء,تقبلوا تحياتي",
}
QUESTION_WORDS: Final = (
    "is,are,was,were,do,does,did,have,has,had,am,may,what,how,ydy,ydych,yw,oes,oedd,est,etes,etait,"
    "avez,ist,sind,war,haben,hat,es,son,ha,han,sono,e,siete,foi,foram,sao,is,heeft,hebben,was,jest,"
    "bylo,هل,ما,كيف,quel,quelle,was,wie,wat,to,find"
)
"""Praise that begins with one of these may be a question without its mark."""
LINKING: Final = "and,so,a,ac,et,und,y,e,en,i,also"
"""What may stand before a question's first word."""
NO_NAMES: Final = (
    "aber,account,again,ale,also,and,another,anyway,braille,broken,but,call,cancel,"
    "card,catalogue,ddim,delete,error,except,fine,fines,help,hold,hours,however,"
    "joke,late,loan,loans,lost,ma,maar,mais,mas,missing,more,nao,never,nicht,nid,"
    "nie,niet,no,non,not,nothing,now,ond,opening,pas,password,pero,pin,please,"
    "problem,query,question,questions,really,renew,renewal,reservation,reserve,return,"
    "returned,right,ring,same,sarcasm,sorry,still,stop,sure,though,times,"
    "unfortunately,unsubscribe,urgent,whatever,wrong,yeah"
)
"""What may stand where a name could, and is none; besides the common words of all languages."""
SMILEYS: Final = (":-)", ":)", ";-)", ";)", "(:", ":D", ":-D", "<3", "=)", ":-P", ":P", "^^")
GLAD: Final = frozenset(
    "🙏👍😊🙂😀😃😄😁😇🥰😍🤗😘❤💙💚💛🧡💜💖💕💗💓♥🌟⭐✨🎉🎊👏🙌👌🤩🥳💐🌸🌹🌷🌻🌼☺📚📖🐉🏴🌞☀🎄😎💯🤝🫶😅☀"
)
"""Pictures that only please; any other is not understood."""
