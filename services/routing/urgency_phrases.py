"""How patrons say that something is urgent, and by when, by language. Data.

Without accents, as `words.folded` leaves a text; a form that is not here is not understood.
"""

from typing import Final

URGENT: Final = {
    "en": "urgent,urgently,as a matter of urgency,is an emergency,it's an emergency,today please,"
    "needed today,need it today,need this today,need them today,need it tomorrow,"
    "need this tomorrow,need them tomorrow,needed tomorrow,before the end of today,"
    "within the hour,by the end of the day,by close of business today",
    "cy": "brys,ar frys,ar fyrder,yn frys,argyfwng yw,angen heddiw,ei angen heddiw,angen yfory,"
    "ei angen yfory,erbyn diwedd y dydd",
    "fr": "urgent,urgente,en urgence,c'est une urgence,besoin aujourd'hui,besoin pour aujourd'hui,"
    "besoin demain,besoin pour demain,avant ce soir",
    "de": "dringend,dringende,dringender,dringendes,eilt,ist eilig,ein notfall,heute noch,"
    "noch heute,brauche ich morgen,brauche es morgen,brauche ich heute",
    "es": "urgente,urgentemente,con urgencia,es una emergencia,necesito hoy,lo necesito hoy,"
    "lo necesito manana,hoy mismo",
    "it": "urgente,urgentemente,con urgenza,e un'emergenza,mi serve oggi,mi serve domani,"
    "entro oggi",
    "pt": "urgente,urgentemente,com urgencia,e uma emergencia,preciso hoje,preciso para hoje,"
    "preciso para amanha",
    "nl": "dringend,spoed,met spoed,spoedeisend,vandaag nog,morgen nodig,vandaag nodig",
    "pl": "pilne,pilnie,w trybie pilnym,bardzo pilna,bardzo pilny,potrzebuje na dzis,"
    "potrzebuje na jutro",
    "ar": "عاجل,عاجلا,بشكل عاجل,مستعجل,للضرورة القصوى,احتاجه اليوم,احتاجها اليوم,احتاجه غدا,"
    "احتاجها غدا",
}
SOON: Final = {
    "en": "as soon as possible,asap,a.s.a.p,as soon as you can,this week please,by this week,"
    "by the end of the week,by the end of this week,running out of time,short of time,"
    "time is short,a tight deadline,my deadline",
    "cy": "cyn gynted a phosibl,cyn gynted a phosib,cyn gynted ag y bo modd,"
    "cyn gynted ag y gallwch,"
    "erbyn diwedd yr wythnos",
    "fr": "des que possible,au plus vite,le plus vite possible,le plus tot possible,"
    "dans les meilleurs delais,avant la fin de la semaine",
    "de": "so bald wie moglich,sobald wie moglich,so schnell wie moglich,moglichst bald,"
    "moglichst schnell,schnellstmoglich,bis ende der woche,bis ende dieser woche",
    "es": "lo antes posible,cuanto antes,tan pronto como sea posible,antes de que acabe la semana",
    "it": "il prima possibile,al piu presto,quanto prima,entro la fine della settimana",
    "pt": "o mais rapido possivel,o quanto antes,assim que possivel,logo que possivel",
    "nl": "zo snel mogelijk,zo spoedig mogelijk,z.s.m,voor het einde van de week",
    "pl": "jak najszybciej,mozliwie szybko,jak najpredzej,do konca tygodnia",
    "ar": "في اقرب وقت,باسرع وقت,في اسرع وقت,قبل نهاية الاسبوع",
}
CALM: Final = {
    "en": "not urgent,isn't urgent,nothing urgent,no urgency,non urgent,non-urgent,not so urgent,"
    "not that urgent,not very urgent,not at all urgent,less urgent,not terribly urgent,no rush,"
    "no hurry,not in a hurry,no great hurry,not an emergency,isn't an emergency,whenever you can,"
    "whenever suits,when you have time,in your own time,urgent care,urgent treatment",
    "cy": "ddim yn frys,ddim ar frys,nid yw'n frys,dim brys,does dim brys,nid oes brys,"
    "pan gewch gyfle,dim yn frys,nid yw ar frys",
    "fr": "pas urgent,pas urgente,rien d'urgent,aucune urgence,pas d'urgence,rien ne presse,"
    "pas presse,pas pressee,quand vous pourrez,quand vous aurez le temps",
    "de": "nicht dringend,nicht so dringend,nicht eilig,eilt nicht,keine eile,nicht sehr dringend,"
    "kein notfall,wenn sie zeit haben",
    "es": "no es urgente,no urgente,nada urgente,sin prisa,no hay prisa,no corre prisa,"
    "cuando pueda,cuando puedan",
    "it": "non urgente,non e urgente,niente di urgente,senza fretta,nessuna fretta,non c'e fretta,"
    "quando potete",
    "pt": "nao e urgente,nao urgente,nada urgente,sem pressa,nao ha pressa,quando puderem",
    "nl": "niet dringend,geen haast,geen spoed,niet urgent,wanneer u tijd heeft",
    "pl": "nie pilne,niepilne,nie jest pilne,nie jest to pilne,bez pospiechu,nie spieszy sie",
    "ar": "ليس عاجلا,غير عاجل,ليس مستعجلا,لا داعي للعجلة,ليس بالامر العاجل",
}
"""Who says one of these is believed: words of haste in the same letter do not count."""

BY: Final = {
    "en": "by,by this,by the,no later than,not later than,at the latest by,need it for,"
    "need this for,need them for,needed for,needed by,due by",
    "cy": "erbyn,erbyn y,dim hwyrach na,ei angen ar gyfer",
    "fr": "d'ici,d'ici le,d'ici a,au plus tard,au plus tard le,besoin pour,besoin pour le",
    "de": "spatestens,spatestens am,spatestens bis,bis spatestens,bis allerspatestens",
    "es": "a mas tardar,a mas tardar el,necesito para el,lo necesito para el,"
    "la necesito para el,necesito antes del",
    "it": "entro,entro il,entro questo,entro questa,mi serve per,non oltre il",
    "pt": "o mais tardar,preciso para,preciso ate",
    "nl": "uiterlijk,uiterlijk op,nodig voor",
    "pl": "najpozniej,najpozniej do,najpozniej w,najpozniej we",
    "ar": "بحلول,بحلول يوم,في موعد اقصاه,في موعد اقصاه يوم,احتاجه يوم,احتاجها يوم",
}
"""What stands before the day by which something is wanted; not what may mean `until` as well."""
EVENT: Final = {
    "en": "exam,exams,assignment,essay,interview,deadline,coursework,dissertation,presentation,"
    "funeral,thesis,viva",
    "cy": "arholiad,aseiniad,traethawd,cyfweliad,cyflwyniad,angladd,gwaith cwrs",
    "fr": "examen,examens,partiel,entretien,devoir,memoire,soutenance,enterrement,echeance",
    "de": "prufung,klausur,vorstellungsgesprach,hausarbeit,abgabe,referat,beerdigung,abgabetermin,"
    "brauche,benotige,brauchen,benotigen",
    "es": "examen,examenes,entrevista,presentacion,funeral,plazo",
    "it": "esame,colloquio,presentazione,scadenza,funerale",
    "pt": "exame,prova,entrevista,apresentacao,prazo,funeral",
    "nl": "examen,tentamen,sollicitatiegesprek,presentatie,deadline,begrafenis",
    "pl": "egzamin,kolokwium,rozmowa kwalifikacyjna,prezentacja,pogrzeb,potrzebuje",
    "ar": "امتحاني,امتحان,اختبار,اختباري,مقابلة,مقابله,موعد التسليم",
}
"""What a patron needs something for (or that he does), where its day follows within a few words."""
PAST: Final = (
    "was,were,last,had,oedd,diwethaf,etait,dernier,derniere,passe,war,letzten,letzte,letzter,"
    "era,fue,pasado,pasada,scorso,scorsa,stato,foi,passada,vorige,afgelopen,byl,ostatni,"
    "zeszly,كان,كانت,الماضي,الماضيه,الماضية"
)
"""What says that a day has been."""
TODAY: Final = {
    "en": "today,tonight",
    "cy": "heddiw,heno",
    "fr": "aujourd'hui,ce soir",
    "de": "heute,heute abend",
    "es": "hoy,esta noche",
    "it": "oggi,stasera",
    "pt": "hoje",
    "nl": "vandaag,vanavond",
    "pl": "dzisiaj,dzis,dzis wieczorem",
    "ar": "اليوم,الليلة,الليله",
}
TOMORROW: Final = {
    "en": "tomorrow,tomorrow morning,tomorrow afternoon,tomorrow evening",
    "cy": "yfory,fory,bore yfory",
    "fr": "demain,demain matin",
    "de": "morgen,morgen fruh",
    "es": "manana",
    "it": "domani,domani mattina",
    "pt": "amanha",
    "nl": "morgen,morgenochtend",
    "pl": "jutra,jutro",
    "ar": "غدا,الغد,يوم غد",
}
WEEKDAYS: Final = {
    "en": "monday;tuesday;wednesday;thursday;friday;saturday;sunday",
    "cy": ";".join(
        f"dydd {one},ddydd {one}"
        for one in ("llun", "mawrth", "mercher", "iau", "gwener", "sadwrn", "sul")
    ),
    "fr": "lundi;mardi;mercredi;jeudi;vendredi;samedi;dimanche",
    "de": "montag;dienstag;mittwoch;donnerstag;freitag;samstag,sonnabend;sonntag",
    "es": "lunes;martes;miercoles;jueves;viernes;sabado;domingo",
    "it": "lunedi;martedi;mercoledi;giovedi;venerdi;sabato;domenica",
    "pt": "segunda-feira,segunda;terca-feira;quarta-feira;quinta-feira;sexta-feira;sabado;domingo",
    "nl": "maandag;dinsdag;woensdag;donderdag;vrijdag;zaterdag;zondag",
    "pl": "poniedzialku,poniedzialek;wtorku,wtorek;srody,srode;czwartku,czwartek;piatku,piatek;"
    "soboty,sobote;niedzieli,niedziele",
    "ar": "الاثنين;الثلاثاء;الاربعاء;الخميس;الجمعه,الجمعة;السبت;الاحد",
}
"""From Monday on; several forms of one day between commas."""
MONTHS: Final = {
    "en": "january,jan;february,feb;march,mar;april,apr;may;june,jun;july,jul;august,aug;"
    "september,sept,sep;october,oct;november,nov;december,dec",
    "cy": "ionawr;chwefror;mawrth;ebrill;mai;mehefin;gorffennaf;awst;medi;hydref;tachwedd;rhagfyr",
    "fr": "janvier;fevrier;mars;avril;mai;juin;juillet;aout;septembre;octobre;novembre;decembre",
    "de": "januar;februar;marz;april;mai;juni;juli;august;september;oktober;november;dezember",
    "es": "de enero;de febrero;de marzo;de abril;de mayo;de junio;de julio;de agosto;"
    "de septiembre;de octubre;de noviembre;de diciembre",
    "it": "gennaio;febbraio;marzo;aprile;maggio;giugno;luglio;agosto;settembre;ottobre;novembre;"
    "dicembre",
    "pt": "de janeiro;de fevereiro;de marco;de abril;de maio;de junho;de julho;de agosto;"
    "de setembro;de outubro;de novembro;de dezembro",
    "nl": "januari;februari;maart;april;mei;juni;juli;augustus;september;oktober;november;december",
    "pl": "stycznia;lutego;marca;kwietnia;maja;czerwca;lipca;sierpnia;wrzesnia;pazdziernika;"
    "listopada;grudnia",
    "ar": "يناير;فبراير;مارس;ابريل;مايو;يونيو;يوليو;اغسطس;سبتمبر;اكتوبر;نوفمبر;ديسمبر",
}
