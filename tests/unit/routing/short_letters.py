"""Short letters in seven languages, to find the language of. Everybody in them is made up."""

from typing import Final

SHORT_LETTERS: Final = {
    "en": (
        "Hello, I would like to renew the three books on my card. Could you tell me whether anybody"
        " else is waiting for them? Thank you, Rhian",
        "Are you open on Boxing Day? We are visiting from Cardiff with two small children.",
        "My grandfather worked at the slate quarry before the war. Do you have any"
        " photographs of it?",
        "The link to the ebook does not open on my tablet. It only shows a white page.",
        "Please can you scan pages 40 to 52 of the parish history for me? I can't travel at"
        " present.",
        "I have lost my library card somewhere between the bus stop and home. What should I"
        " do now?",
        "Could somebody show my mother how to borrow audio books on her telephone?",
        "Is there a quiet room where our reading group of nine could meet on Thursday evenings?",
        "I am trying to find out who built the chapel at Pen-y-bryn and when it was pulled down.",
        "thanks for the email but the pdf you sent me has only the first half of the article",
    ),
    "cy": (
        "Bore da, hoffwn i wybod a yw'r llyfrgell ar agor ddydd Sadwrn nesaf. Diolch yn fawr,"
        " Rhian",
        "A oes modd adnewyddu fy llyfrau dros y ffôn? Dydw i ddim yn gallu dod i mewn yr"
        " wythnos hon.",
        "Rwy'n chwilio am hen luniau o'r chwarel lechi lle bu fy nhaid yn gweithio cyn y rhyfel.",
        "Nid yw'r ddolen yn yr e-bost yn gweithio. Allwch chi anfon un arall ataf os gwelwch"
        " yn dda?",
        "Mae fy mab eisiau benthyg llyfrau sain Cymraeg ar ei ffôn. Sut mae gwneud hynny?",
        "Collais fy ngherdyn llyfrgell ar y bws ddoe. Beth ddylwn i ei wneud nawr?",
        "Pwy adeiladodd y capel ym Mhen-y-bryn, a phryd y cafodd ei dynnu i lawr?",
        "Oes gennych chi gopi o hanes y plwyf mewn print bras? Mae golwg mam yn wael erbyn hyn.",
        "Hoffem logi ystafell i'n grŵp darllen bob nos Iau. Faint mae hynny'n ei gostio?",
        "Diolch am yr erthygl, ond dim ond yr hanner cyntaf sydd yn y ffeil a ges i",
    ),
    "fr": (
        "Bonjour, je voudrais savoir si la bibliothèque est ouverte samedi prochain. Merci"
        " d'avance.",
        "J'ai perdu ma carte dans le bus hier soir. Que dois-je faire pour en avoir une autre ?",
        "Le lien que vous m'avez envoyé ne s'ouvre pas sur ma tablette, je ne vois qu'une"
        " page blanche.",
        "Avez-vous des photographies de la carrière d'ardoise où travaillait mon grand-père ?",
        "Pourriez-vous numériser les pages 40 à 52 de ce livre ? Je ne peux pas me déplacer.",
        "Ma mère voudrait emprunter des livres audio. Comment faut-il faire avec son téléphone ?",
        "Est-ce qu'il y a une salle calme pour notre groupe de lecture le jeudi soir ?",
        "Je cherche qui a construit la chapelle du village et quand elle a été démolie.",
        "bonjour est ce que vous avez des livres en gros caracteres pour ma grand mere",
        "Merci pour l'article, mais il manque la moitié des pages dans le fichier reçu.",
    ),
    "ar": (
        "مرحبا، أود أن أعرف هل المكتبة مفتوحة يوم السبت القادم؟ شكرا لكم",
        "فقدت بطاقة المكتبة في الحافلة أمس، ماذا يجب أن أفعل الآن؟",
        "هل لديكم كتب للأطفال باللغة العربية يمكن استعارتها لمدة شهر؟",
        "الرابط الذي أرسلتموه لا يعمل على هاتفي، فهل يمكن إرساله مرة أخرى؟",
        "أبحث عن صور قديمة للمحجر الذي كان جدي يعمل فيه قبل الحرب",
        "أريد تجديد الكتب الثلاثة المسجلة على بطاقتي من فضلكم",
        "هل توجد قاعة هادئة يمكن لمجموعة القراءة أن تجتمع فيها مساء الخميس؟",
        "والدتي تريد كتبا مطبوعة بخط كبير لأن نظرها ضعيف، هل هذا متوفر عندكم؟",
        "كيف يمكنني التسجيل في دورة اللغة الانجليزية التي تقدمها المكتبة",
        "شكرا على المقال ولكن نصف الصفحات غير موجود في الملف الذي وصلني",
    ),
    "de": (
        "Guten Tag, ich möchte gerne wissen, ob die Bücherei am nächsten Samstag geöffnet hat.",
        "Ich habe gestern im Bus meine Karte verloren. Was muss ich jetzt tun?",
        "Der Link, den Sie mir geschickt haben, lässt sich auf meinem Tablet nicht öffnen.",
        "Haben Sie Fotos von dem Steinbruch, in dem mein Großvater vor dem Krieg gearbeitet hat?",
        "Könnten Sie mir bitte die Seiten 40 bis 52 einscannen? Ich kann zur Zeit nicht reisen.",
        "Meine Mutter würde gern Hörbücher auf ihrem Telefon ausleihen. Wie geht das?",
        "Gibt es einen ruhigen Raum für unseren Lesekreis, immer donnerstags am Abend?",
        "Wer hat die Kapelle im Dorf gebaut, und wann wurde sie abgerissen?",
        "hallo ich wuerde gern meine drei buecher verlaengern geht das auch per mail",
        "Danke für den Artikel, aber in der Datei fehlt leider die zweite Hälfte.",
    ),
    "es": (
        "Buenos días, quisiera saber si la biblioteca abre el próximo sábado. Gracias.",
        "Ayer perdí mi carné en el autobús. ¿Qué tengo que hacer para pedir otro?",
        "El enlace que me enviaron no se abre en mi tableta, solo veo una página en blanco.",
        "¿Tienen fotografías de la cantera donde trabajó mi abuelo antes de la guerra?",
        "¿Podrían escanear las páginas 40 a 52 de este libro? Ahora mismo no puedo viajar.",
        "A mi madre le gustaría escuchar audiolibros en su teléfono. ¿Cómo se hace?",
        "¿Hay una sala tranquila para nuestro grupo de lectura los jueves por la tarde?",
        "Busco quién construyó la capilla del pueblo y cuándo la derribaron.",
        "hola me gustaria renovar los tres libros que tengo en mi tarjeta si es posible",
        "Gracias por el artículo, pero en el archivo falta la segunda mitad.",
    ),
    "pl": (
        "Dzień dobry, chciałabym wiedzieć, czy biblioteka jest otwarta w najbliższą sobotę.",
        "Wczoraj zgubiłem kartę w autobusie. Co mam teraz zrobić?",
        "Link, który mi państwo wysłali, nie otwiera się na moim tablecie.",
        "Czy mają państwo zdjęcia kamieniołomu, w którym mój dziadek pracował przed wojną?",
        "Czy mogą państwo zeskanować strony od 40 do 52? Nie mogę teraz podróżować.",
        "Moja mama chciałaby słuchać książek na telefonie. Jak to zrobić?",
        "Czy jest cichy pokój dla naszej grupy czytelniczej w czwartki wieczorem?",
        "Szukam informacji o tym, kto zbudował kaplicę we wsi i kiedy została zburzona.",
        "witam czy moge przedluzyc trzy ksiazki ktore mam na karcie dziekuje",
        "Dziękuję za artykuł, ale w pliku brakuje drugiej połowy.",
    ),
}
"""By the language that each is in."""

OTHERS: Final = (
    "Dzień dobry, chciałabym wiedzieć, czy biblioteka jest otwarta w najbliższą sobotę.",
    "Bom dia, gostaria de saber se a biblioteca abre no próximo sábado. Obrigada.",
    "Buongiorno, vorrei sapere se la biblioteca è aperta sabato prossimo. Grazie mille.",
    "Goedendag, ik zou graag willen weten of de bibliotheek zaterdag open is.",
    "Salaan, waxaan rabaa inaan ogaado haddii maktabaddu furan tahay Sabtida.",
    "Доброго дня, чи відчинена бібліотека в суботу? Дякую.",
    "שלום, האם הספרייה פתוחה בשבת הבאה? תודה",
    "12345 67890",
    "https://catalogue.example/item/42",
    "ISBN 9780000000002",
    "",
)
"""What is in neither English nor Welsh."""
