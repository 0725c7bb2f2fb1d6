"""How Welsh letters are upset, sorry, cheerful, and promise. Data: see `phrases`."""

from typing import Final

_FAMILY: Final = (
    "mam|fam|nhad|tad|dad|gwr|ngwr|ngwraig|gwraig|wraig|mhartner|partner|mab|"
    "fab|merch|merch|mrawd|brawd|chwaer|nain|nhaid|taid|mamgu|nhadcu|tadcu|"
    "ffrind|plentyn|mhlentyn|babi|modryb|ewythr|nghefnder|nghyfnither"
)
_DONE: Final = (
    "gofyn|anfon|danfon|dod|archebu|canslo|ad-dalu|dileu|clirio|cywiro|newid|"
    "trwsio|adnewyddu|cadw|siarad|ysgrifennu|trefnu|rhoi|dweud|tynnu|ychwanegu|"
    "galw|ffonio|cysylltu|gwirio|sganio|copio|agor|cau|symud|esbonio|datgloi|"
    "ailosod|chwilio|postio|dychwelyd|estyn|cael|atgyweirio"
)

PHRASES: Final = {
    "grieving": f"""
    bu farw fy|ein|ei [hannwyl|annwyl|diweddar] {_FAMILY}; farw fy|ein {_FAMILY}; fu farw [fy|ein|
    ei] [{_FAMILY}]; mae fy|ein {_FAMILY} wedi marw; colli|golli|collais|gollais|collodd fy|ein|ei
    {_FAMILY}; fy niweddar {_FAMILY}; diweddar wr|wraig|fam|dad; marwolaeth fy|ein {_FAMILY};
    profedigaeth; galaru|galar; angladd fy|ein|ei|mam|dad; ar gyfer yr|ei|angladd [angladd];
    gwraig weddw; yn weddw; gweddw ydw
    """,
    "not grieving": """
    bu farw fy hen; farw fy hen; marwolaeth fy hen; farw fy [hen] ~3 yn 1*; angladdau
    """,
    "upset": """
    cwyn|gwyn [ffurfiol|swyddogol] am|ynghylch|yn|ynglyn|gwneud|i; gwneud|wneud cwyn|gwyn; cwyno|
    gwyno [am|wrth|eto|bod|ddwywaith]; siomedig|siom|siomi|siomwyd; warthus|gwarthus|gwarth|warth;
    annerbyniol; dig|ddig|grac|crac|gynddeiriog|cynddeiriog; anhapus; llond|lond bol; wedi [hen]
    diflasu|blino|laru|syrffedu; anfoddhaol; ofnadwy|echrydus|erchyll|uffernol; anghwrtais|
    anfoesgar|ddigywilydd|digywilydd; cywilyddus|gywilyddus; rhwystredig; dal i aros|ddisgwyl|
    ddim; byth wedi|heb [wedi|clywed]; neb [wedi|byth] [wedi] ateb|cysylltu|dod|ddaeth|atebodd|
    ffonio; ddaeth neb; heb gael ateb|ymateb; dim ateb|ymateb; trydydd|drydedd|trydedd|pedwerydd
    tro|waith|gwaith|llythyr; gwastraff|wastraff [ar] [fy] amser; hollol|cwbl|gwbl annheg|
    anobeithiol; annheg|annhegwch; anwybyddu|hanwybyddu; wedi cael digon; ddim digon da; yn flin;
    torri nghalon; ypset|ypsetio; poenin arw; poenin ofnadwy; tramgwyddo; sarhaus; sioc; ddim yn
    hapus
    """,
    "not upset": """
    ddim yn cwyno|siomedig|flin|ddig; nid cwyno|cwyn; dim cwyn*; heb [fy] siomi; nid wyf yn gwyno|
    cwyno|siomedig; flin gennyf|gen|gennym; yn flin am; maen flin; wedi blino n; dal i aros ar|yn;
    llyfr|llyfrau|nofel ~2 cwyn; byth wedi bod|gweld|darllen [mor]; dim angen ateb
    """,
    "glad": """
    diolch [yn|o|am] [fawr|galon|iawn]; gwych|wych; bendigedig; popeth yn iawn; hyfryd
    """,
    "not glad": """
    diolch ymlaen llaw; dim diolch
    """,
    "learner": """
    dysgu cymraeg; dysgwr|ddysgwr|dysgwraig; fy nghymraeg ~3 dda|iawn|wael
    """,
    "cheer": """
    mwynhewch|mwynhau|mwynha [eich|dy|r|y] [gweddill|weddill] [y|eich] diwrnod|penwythnos|haul|
    tywydd|dydd|wythnos|gwyliau|noson|noswaith|prynhawn|darllen; diwrnod|ddiwrnod|penwythnos|
    benwythnos|noson|noswaith|prynhawn|wythnos|bore|gwyliau|nadolig [da|braf|hyfryd|gwych|llawen|
    bendigedig] da|braf|hyfryd|gwych|llawen|bendigedig|wych; pob|phob hwyl; hwyl fawr|am|nawr|i|y;
    darllen|ddarllen hapus|dedwydd; gobeithio|gobeithiaf [eich|y] bod|bydd chi|chin|bopeth|popeth
    [chi|chin|yn|n] iawn|dda|cael|mwynhau|hwyliog; tywydd braf|hyfryd|ofnadwy|bendigedig; am
    dywydd; croeso calon; dim problem; dim probs; siriol; cadwch [yn] wenu; gwenwch|gwena; codwch
    eich calon; sori sori; iechyd da; lwc dda|lwc; haia; shwmae; hei; cofion heulog
    """,
    "not cheer": """
    gobeithio y bydd|gallwch|byddwch; gobeithio bod hyn|hynny|n helpu; dim problem gyda; iechyd da
    [i|n]; noson dda o; prynhawn da [,]; bore da; diwrnod da o
    """,
    "apology": """
    ddrwg gen|gennyf|gennym|gyda|da|gennon|iawn [gen|gennym|gennyf|da|gyda] [i|ni|fi]; maen|mae
    ddrwg|flin|edifar; flin gen|gennym|gennyf|da|iawn|gyda; ymddiheur*; sori; edifar [gennym|gen];
    maddeuwch; esgusodwch
    """,
    "not apology": """
    ddrwg [iawn|calon] gen|gennym|gennyf|gyda|da [i|ni] [glywed|am|clywed] [am] [eich] colled|
    golled|profedigaeth|marwolaeth; ddrwg|flin [iawn] gen|gennym|gennyf [i] am eich colled|
    profedigaeth; ~2 am eich colled|profedigaeth; dim angen ymddiheuro; ddrwg ~6 colled|
    profedigaeth|farwolaeth
    """,
    "deed": f"""
    rwyf|rydw|rwy|wyf|rydym|rydyn|dwi|dan|maent|maen|mae|ryn [i|ni] [newydd|eisoes|hefyd|nawr]
    wedi [ei|eich|ich|dod|gofyn|r|u] [o|i] [hyd] [{_DONE}]; rwyf|rydw|rwy|wyf|rydym|rydyn|dwi [i|
    ni] [eisoes|newydd] wedi [ei|eich|eu|cael|r] {_DONE}; newydd {_DONE}; wedi [cael] [ei|eu]
    {_DONE}|dynnu|chanslo|glirio|gywiro|thrwsio|hadnewyddu|gadw|had-dalu|ddileu|agor|rhoi|chau|
    symud|hanfon; gofynnais|anfonais|cefais|ceisiais|rhoddais|canslais|tynnais|cedwais|siaradais|
    ysgrifennais|ffoniais|cysylltais|trefnais|archebais|sganiais|newidiais|adnewyddais; byddaf|
    byddwn|bydda|fe|mi [i|n|ni|yn] [yn|n] {_DONE}|chwilio|gofyn|ofyn*|anfon*|ffonia*|rodda*|
    ysgrifenna*|wnaf|wnawn; gofynnaf|anfonaf|ffoniaf|ysgrifennaf|rhoddaf|cysylltaf|gofynnwn|
    anfonwn|ffoniwn|cysylltwn; gallwch|gellwch|cewch|fe gewch [ei|eu|chi|yn|nawr|hefyd] [*u|*o|*i|
    *yn|gael|ddod|weld|dalu|adael|ofyn|ffonio|gasglu|ddefnyddio|ddarllen|eistedd|barcio|gadw];
    dywedwch|ffoniwch|dewch|gofynnwch|ysgrifennwch|anfonwch|rhowch|defnyddiwch|cysylltwch|atebwch;
    yn lle hynny; ynghlwm; isod; o hyn ymlaen; croeso i chi; ar y silff|ddesg|ffordd; wrth y
    ddesg; yn ddiogel; yn barod; am ddim; beth am; hoffech chi; y mae [nawr]; dim [byd] iw dalu;
    does dim iw dalu; maer llyfr|map|copi yma|nawr; yma nawr
    """,
    "not deed": """
    ni|nid|na|heb|methu|ddim ~3 wedi; rydym|rwyf|rwy wedi bod [yn]; wedi bod yn brysur; wedi
    [cael] ei|eu nodi; gallwch ddeall|werthfawrogi; sylwadau wedi; ystyriaeth; cewch ddim; ni
    allwch
    """,
    "bad": """
    yn anffodus; ni allwn|allaf|ellir|fedrwn|fedraf|chaniateir|chewch|cheir; nid yw|ydyw|ydy|oes
    ~5 ar gael; ddim|nid ~4 ar gael; nid yw|ydy ~3 bosibl|bosib|posib|posibl; ddim yn bosibl|
    bosib|gallu|cael; dydy|dyw|doedd|dydyn|dydym|dydw|dwi ~4 ddim yn gallu|bosibl|bosib|cynnig|
    benthyg; amhosibl|amhosib; methu [ag] [a] eich|helpu|gwneud|benthyg|dod|gallu; gwrthod; ofnaf|
    ofni; does dim [byd] [y] gallwn|allwn|modd; nad oes modd; allwn [ni] ddim; alla [i] ddim; nid
    oes modd
    """,
    "not bad": """
    ni allaf ddiolch|aros|addo|ddweud; alla i ddim aros|addo; os na|nad|nid ~5; onid; nid oes
    angen; does dim angen|rhaid|ots|iw; rhag ofn na|nad; ni all|allwch|fyddwch fethu; methu aros;
    nid yw ~3 costio; fel na; gobeithio na
    """,
    "lack": """
    nid oes|does|nad oes [dim|ddim|gennym|gen|unrhyw|copi|yr|gan] [ni|i|un|dim|ohono|copi|gofnod];
    heb ddod o hyd
    """,
    "not lack": """
    nid oes angen|rhaid|tal|brys; does dim [angen|rhaid|ots|brys|iw|problem|yn|byd|dirwy]; os nad
    oes; heb fod|ei|eu|orfod|apwyntiad|fflach|gost|dal
    """,
    "reason": """
    oherwydd; achos; gan fod|mai|bod|nad|ei|eu|nas; am fod|mai|nad; felly; ar fenthyg; wedi torri|
    difrodi|colli|cau|llosgi; bregus|fregus; ar goll; hawlfraint; unig gopi; tan; nes; allan o
    brint; rheswm; yn cael ei; mae angen; erbyn hyn; darllenydd arall; ar gau; llawn; iw gweld;
    cyfraith; er mwyn; rhag ofn
    """,
    "way": """
    ond; yn lle [hynny]; fodd bynnag; gallwch|gellwch|cewch|gallaf|gallwn|gallem|gallai; rwyf|
    rydw|rydym|rwy|dwi [i|ni] [eisoes] wedi|yn|n; hoffech; beth am; mae gan|modd|copi|un|croeso|
    llyfrgell; gofynnwch|ffoniwch|dewch|rhowch|cysylltwch|dywedwch|anfonwch; byddaf|byddwn|fe|mi;
    copi arall; ar-lein; ar lein; e-lyfr; croeso; awgrymu|awgrymaf; llyfrgell genedlaethol; cadw;
    ceisiwch; gofynnaf; os hoffech|ydych
    """,
    "not way": """
    ond ni|nid|yn|does allwn|allaf|anffodus; rydym|rwyf [i|ni] yn ymddiheuro; mae gennym ddrwg; os
    oes gennych [unrhyw] [gwestiwn|gwestiynau]; gallwch ddeall; mae gan ddarllenydd; rydym yn
    deall
    """,
    "blame": """
    dylech|dylasech|dylet [chi] fod|wedi [wedi] *u|*o|*i|*yn|*ed|*ll|*d; methoch|fethoch|
    methasoch|bu ichi fethu; fe wnaethoch [chi] fethu|anghofio; anghofioch|anghofiasoch; ni|na
    wnaethoch|ddychweloch|ddarllenoch|ddywedoch|ofynnoch; wnaethoch chi ddim; eich bai [chi]; bai
    chi; eich camgymeriad [chi]; fel y [dywedais|dywedwyd|eglurais|soniais|eglurwyd|nodwyd|
    esboniais]; rydych [chi] [yn|n|wedi] anghywir|methu|anghofio|camddeall|camgymryd; roeddech
    [chi] [i] fod i; dylech chi wybod; darllenwch yn fwy gofalus; y tro nesaf [cofiwch|gwnewch|
    darllenwch|dewch]; chi syn gyfrifol|ar; rhaid i chi ddeall; byddwch yn fwy gofalus
    """,
    "not blame": """
    nid|ddim [eich] [ar] [eich|yn] bai|bai; nid eich bai|camgymeriad; dylech [fod] [wedi] derbyn|
    cael|gael|dderbyn|clywed; dylech fod wedi cael|derbyn|clywed|gael|dderbyn; nid arnoch; dim
    bai; fel y dywedais ~2 wrth
    """,
    "policy": """
    ein|eich|y|yn|bolisi|unol|erbyn|yw|llyfrgell polisi|bolisi|polisiau|bolisiau|pholisi|
    pholisiau; ein|y|rheolau|unol|erbyn|yn [erbyn|a|r|ein] rheolau|reolau|rheol|rheoliadau|
    reoliadau|gweithdrefn|gweithdrefnau; polisi yw|ywr|yr|y|ein; rheolau yw|ywr; y rheolau;
    telerau ac amodau; fellyn mae|y
    """,
    "not policy": """
    polisi|bolisi|polisiau|bolisiau [yswiriant|iaith|preifatrwydd|tramor|cyhoeddus|tir|addysg|tai|
    o|ar|gan|preifat] yswiriant|iaith|preifatrwydd|tramor|cyhoeddus|addysg|tai|1*|o; rheolau|rheol
    [y] gem|gymdeithas|cymdeithas|gramadeg|pel
    """,
    "sorry": """
    ddrwg|flin [iawn|wir] gen|gennyf|gennym|da|gyda|gennon|iawn; ymddiheur*; sori; edifar;
    maddeuwch
    """,
    "but": """
    ond; serch hynny; fodd bynnag; er hynny; eto
    """,
    "not but": """
    dim ond; nid yn unig ~6 ond; dim byd ond; neb ond; eto iw; eto heb; unwaith eto; ond un
    """,
    "help": """
    dod o hyd; cafwyd|caed|cawsom|cefais hyd; yn ddiogel; falch; hapus; newyddion da; nawr;
    gobeithio; gallaf|gallwn|byddaf|byddwn|rwyf|rydym|mae; yma; ar gael; cewch|gallwch
    """,
    "idiom": """
    bwrw hen wragedd; hen wragedd a ffyn; rhoir ffidil; ffidil yn y to; ar ben ei|fy digon|nigon;
    a'i wynt yn ei; codi pais; cyn codi cwn caer; gwyn y gwel; rhoir gorau iddi ar; fel cath i
    gythraul; ar bigaur drain; bigaur drain; cadw draenog; mynd dros ben llestri; dros ben
    llestri; llyncu mul; rhoi halen ar; halen ary briw; torri crib; cael llond ceg; siarad fel
    melin; malu awyr; malu cachu; taror hoelen; hoelen ar ei phen; gwneud mor a mynydd; mor a
    mynydd; traed moch; ar y gweill; nerth ei ben; yn wen o glust; chwarae teg; bysedd wediu
    croesi; croesi bysedd; croesi ein bysedd; darn o gacen; hawdd fel; cath allan or cwd; mynd ir
    afael; asgwrn cefn
    """,
    "not idiom": """
    ar y gweill
    """,
    "humour": """
    haha*; hehe*; jôc; dim ond jocian; jocian; tynnu coes; tynnu eich coes; wps; lol; bwci bo; y
    tylwyth teg wedi
    """,
    "not humour": """
    llyfr|llyfrau jôc; jôcs
    """,
    "commit": """
    byddaf|byddwn|byddwch|bydda|bydd|byddan|fydd|fyddwn|fyddaf|gwnaf|wnaf|gwnawn|wnawn|anfonaf|
    anfonwn|atebaf|atebwn|ffoniaf|ffoniwn|cysylltaf|cysylltwn|ysgrifennaf|ysgrifennwn|gofynnaf|
    ofynnaf|ofynnwn|gofynnwn|rhoddaf|rhoddwn|edrychaf|edrychwn|chwiliaf|chwiliwn|gwiriaf|gwiriwn|
    dychwelaf|ceisiaf|ceisiwn|cewch|gewch|cewchchi|addawaf|addo|addawn|disgwyliwn|disgwyl|
    gobeithiwn|gobeithiaf|anelwn|dof|daw|cyrhaedda|cyrhaeddith|fyddwch|rhof|rhown|rhoi|sganiaf|
    postiaf|postiwn|danfonaf|danfonwn|derbyniwch|clywch|ebostiaf|ebostiwn|bwriadaf|bwriadwn|
    galwaf|galwn|gorffennaf; yn barod; gysylltu|cysylltu a chi; rhoi gwybod; cysylltu
    """,
    "not commit": """
    byddwch yn gallu; dylai bydd; cofiwch
    """,
    "unsure": """
    ni allaf|allwn addo; alla i ddim; os; oni; pe; ddim yn siwr
    """,
    "stay": """
    ar agor; ar gau; agor; cau; cynhelir|cynnal|gynnal|gynhelir; dechrau|dechreuir|dechreua;
    digwyddiad*; sgwrs; dosbarth*; stori|awr; gwrs; cyfarfod; perfformiad; dychwelyd; ddychwelyd;
    dyledus; os; oni; pe; pan; unwaith; ni allaf|allwn addo; alla i ddim; wedi; roedd|oedd|bu|
    cafodd|cefais|aeth|anfonwyd|postiwyd|anfonais|postiais|anfonasom|postiasom|agorwyd|codwyd;
    pob|bob; fel arfer; diwethaf; dewch|rhowch|atebwch|dychwelwch|anfonwch|adnewyddwch|dywedwch;
    gallwch|gellwch|gallech; rhaid; a allwch|wnewch; yn ol; llyfr|nofel|ffilm or|or|enw; a elwir;
    gyfarfod
    """,
    "not stay": """
    byddaf|byddwn [i|ni|n|yn] [n|yn] dychwelyd|agor; wedi iddo|hynny; awr wedi; anfonaf
    """,
    "visit": """
    casglu|gasglu; dewch i; galw heibio; dod i
    """,
    "not visit": """
    byddwn|byddaf yn casglu
    """,
    "deadline": """
    erbyn [diwedd]; cyn [diwedd]; o fewn; ymhen; fan bellaf; dim hwyrach na; mewn
    """,
    "today": """
    heddiw; heno; [y] prynhawn yma|ma|hwn; [y] bore yma|ma|hwn; cyn cau; diwedd y dydd; cyn
    [diwedd] [y] dydd|cinio|nos; ymhen|mewn|fewn [yr] [#] awr|oriau; ymhen awr; o fewn yr awr
    """,
    "not today": """
    hyd heddiw; heddiw ddiwethaf; o fewn 24|36|48|72 awr; ymhen|mewn 24|36|48|72 awr
    """,
    "tomorrow": """
    [bore|prynhawn|nos] yfory|fory
    """,
    "not tomorrow": """
    y diwrnod ar ol yfory
    """,
    "after tomorrow": """
    trennydd|drennydd; ymhen deuddydd
    """,
    "this week": """
    diwedd yr wythnos [hon|ma|yma]; yr wythnos hon|ma|yma; cyn diwedd yr wythnos; yn ystod yr
    wythnos
    """,
    "not this week": """
    yr wythnos nesaf
    """,
    "weekend": """
    [y|dros|erbyn|cyn] [y] penwythnos [hwn|ma|yma|nesaf]; dros y penwythnos; erbyn y penwythnos; y
    sul
    """,
    "not weekend": """
    penwythnos braf|da|hyfryd|hapus; y penwythnos diwethaf
    """,
    "next week": """
    [yr] wythnos nesaf; [yr] wythnos nesa; ymhen wythnos
    """,
    "month": """
    diwedd y mis [hwn|nesaf]; y mis nesaf|hwn|nesa; erbyn y nadolig; cyn y nadolig
    """,
    "few days": """
    [ymhen|o|mewn] [fewn] [ychydig] ychydig ddyddiau|ddiwrnodau|wythnosau; dyddiau nesaf; diwrnod
    neu ddau; ymhen ychydig; cwpl o ddiwrnodau|ddyddiau|wythnosau; rhai dyddiau|wythnosau
    """,
    "not few days": """
    am ychydig ddyddiau; ychydig ddyddiau yn ol; ychydig wythnosau yn ol
    """,
    "within": """
    o fewn|ymhen|mewn|cyn [pen|yr] [y] # [diwrnod|diwrnodau] [gwaith] diwrnod|diwrnodau|ddiwrnod|
    niwrnod|dydd|ddydd|wythnos|awr|oriau|mis|fis|wythnosau|dyddiau [gwaith]; o fewn|ymhen|mewn
    deuddydd|tridiau|wythnos|pythefnos|mis|diwrnod|awr|dydd|pedwaroeddydd; # awr|oriau; # diwrnod
    gwaith; o fewn yr wythnos|mis|pythefnos; deuddydd|dridiau|tridiau
    """,
    "not within": """
    am # [o] wythnos|wythnosau|diwrnod|diwrnodau|mis|ddiwrnod|awr; # diwrnod|wythnos|mis|awr yn
    ol|hwyr; ar agor # awr; # awr y dydd|wythnos; benthyg|adnewyddu ~5 wythnos|diwrnod|mis; o
    ddeg; hanner awr
    """,
    "correction": """
    camgymeriad; anghywir; cywiro|cywiriad; newid|newidiodd|wedi newid; bellach; erbyn hyn; ers
    hynny; nawr; nid #; or blaen; yn lle
    """,
    "negation": """
    ni|nid|na|nad|dim|ddim|heb|neb|byth|nac|does|dydy|dyw|cau|amhosibl|oni
    """,
}
NUMBERS: Final = {
    1: "un", 2: "dau|dwy|ddau|ddwy|deuddydd", 3: "tri|tair|dri|dair|thri|thair|tridiau|dridiau",
    4: "pedwar|pedair|bedwar|bedair|phedwar|phedair", 5: "pump|pum|bump|bum|phum", 6: "chwe|chwech",
    7: "saith", 8: "wyth", 9: "naw", 10: "deg|ddeg|deng", 12: "deuddeg|ddeuddeg",
    14: "pythefnos|bythefnos", 15: "pymtheg|bymtheg", 20: "ugain",
}  # fmt: skip
UNITS: Final = {
    "awr|oriau": 0, "diwrnod*|ddiwrnod*|niwrnod*|dydd*|ddydd|deuddydd|tridiau|dridiau|dyddiau": 1,
    "wythnos*": 7, "pythefnos|bythefnos": 14, "mis*|fis": 30,
}  # fmt: skip
GROUPS: Final = (
    "pawb|bawb|bob|tim|syr|fadam|ddarllenydd|gyfaill|ffrind|gydweithiwr|yna|gyfeillion|a"
)
GREETINGS: Final = "annwyl|helo|bore|prynhawn|shwmae|haia"
