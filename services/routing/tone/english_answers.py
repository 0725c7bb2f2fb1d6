"""How English replies are sorry, refuse, blame, and what helps. Data: see `phrases`."""

from typing import Final

_DONE: Final = (
    "asked|sent|found|ordered|cancelled|canceled|refunded|removed|cleared|corrected|"
    "changed|fixed|mended|renewed|reserved|passed|spoken|talked|written|arranged|"
    "put|set|told|booked|extended|waived|taken|added|called|rung|contacted|"
    "checked|reported|opened|repaired|replaced|credited|deleted|updated|started|"
    "posted|returned|given|kept|saved|moved|shown|explained|closed|unblocked|"
    "copied|scanned|emailed|placed|made|got|searched|registered|restored|reset|"
    "brought|attached|enclosed|set|lifted|reversed|paid|sorted|raised|traced|"
    "located|requested|scheduled|reinstated|resolved|cleaned|printed|wiped|held|let|"
    "stopped|transferred|marked|amended|withdrawn|tried|looked|written|listed|"
    "improved|trained|installed"
)
_BACK: Final = "busy|short|short-staffed|understaffed|having|experiencing|very|extremely"
_HELPED: Final = (
    "ring|call|phone|telephone|write|send|ask|look|check|order|refund|cancel|"
    "remove|clear|correct|change|fix|mend|renew|reserve|speak|arrange|put|set|"
    "book|extend|waive|take|add|contact|open|repair|replace|credit|delete|update|"
    "post|return|give|keep|bring|show|find|search|make|meet|let|help|email|mail|"
    "scan|copy|hold|tell|reset|investigate|get|go|do|report|move|print|deliver|"
    "wait|walk|pay|see|unblock|forward|talk|trace|stop|pass|be|have|start|work|"
    "try|explain|come"
)

PHRASES: Final = {
    "apology": """
    sorry; apologi*; my|our|sincere|sincerest|deepest|humble|heartfelt apologies; regret your|
    that|the|this|any|for|to|sincerely|deeply|very; forgive us|me; beg your pardon; please excuse;
    sincerely regret; deeply regret; excuse the|us|any|our; mea culpa; pardon the|us|any
    """,
    "not apology": """
    sorry for|about your|the [recent|great|sad] loss|bereavement; sorry to hear|learn|read|be [of|
    about|that] [of|about|told|your|that] [the|your|sad] [recent|late|sad] [mother*|mum|father*|
    dad|husband|wife|partner|son|daughter|brother|sister|loss|death|bereavement|grand*|friend*|
    news|dear] [has|s] loss|death|passing|died|passed|bereavement; sorry for your; sorry|apologies
    if you [already] have|know|already; no need to|for apolog*|sorry; nothing to be|apologi*
    sorry|for; need not apologi*; feel sorry for; sorry state|tale|sight; safe than sorry; dont|do
    [not] apologi*; don't be sorry; you regret; apologia; apology is due|for; sorry about|to hear|
    for ~1 illness; sorry that you are|were|have ill|unwell|been ill; sorry to hear ~3 ill|unwell|
    illness|accident|fall
    """,
    "deed": f"""
    i|we|weve|ive|i've|we've [have|has] [now|just|already|also|since|therefore|today|been|at|
    immediately|again|all] [been|now|just|already|also|once|again] {_DONE}; colleague|colleagues|
    manager|team|courier|binder|supplier|archive|council|porter|department has|have [now|just|
    already|also] {_DONE}; i|we|they|he|she {_DONE} [it|them|the|your|this|him|her|all|both|that|
    you|up|off|out|for|back|every|a|another|with|my|our|to|at]; i|we|she|he|they|you will|shall|
    can|ll|could [now|also|then|personally|gladly|certainly|of|happily|always|still|both|
    immediately|certainly|see] [course|to|that|find|also] {_HELPED}; i'll|we'll|you'll|i'd|she'll|
    he'll|they'll [now|also|be|personally|gladly|happily] [glad|happy] [to] {_HELPED}; i|we am|
    are|m|re [now|also|already|currently] [now|going] [to] looking|checking|asking|sending|
    ordering|trying|working|searching|writing|putting|taking|making|bringing|changing|replacing|
    repairing|mending|arranging|speaking|getting|reading|having|calling|ringing|going|returning|
    removing|refunding|cancelling|keeping|holding|scanning|copying|investigating|reviewing|
    posting; i'm|we're|im [now|also|already] [now|going] [to] looking|checking|asking|sending|
    ordering|trying|working|searching|writing|putting|taking|making|bringing|changing|replacing|
    repairing|mending|arranging|speaking|getting|reading|having|calling|ringing|going|returning|
    removing|refunding|cancelling|keeping|holding|scanning|copying|investigating|reviewing|
    posting; is|are [now|already|personally] looking|dealing|working|seeing|attending after|
    into|with|on|to; has|have found|mended|repaired|fixed|agreed|replaced|refunded|returned|
    apologised;
    he|she|they has|have [now|just|already] {_DONE}; is|are|was|were|be|been|being [now|also|all|
    both|already|safely|safe|been] [again|been] {_DONE}|ready|waiting|safe|here|back|free|renewed|
    available|unlocked|yours; nothing is|owed owed; nothing to pay; it|they is|are [now|already|
    all] on|at|in|under|with [the|its|their|your] [way|desk|shelf|reserved|name|post|me|door];
    please|do|kindly [do|just|feel|also|simply] [free|to] ring|call|phone|come|bring|ask|write|
    tell|let|use|take|send|give|try|contact|email|visit|speak|reply|answer|see|look|keep|drop|
    choose|show; you|they may|can|could|might|are|re [now|also|still|always|welcome|very|of|
    either] [also|welcome|course|free] [to] {_HELPED}|borrow|use|read|hand|leave|collect|pick|
    drop|log|download|choose|claim|visit|browse|enter|sit|drink|park|bring; you're|youre [very]
    welcome to; welcome to ~1 use|see|come|read|bring|ask|drink|borrow|visit|join|ring; from now
    on; instead; attached; enclosed; here|below is|are; link below; let me know; let us know; tell
    me [which|when|what|if|how|the]; which|what|when ~3 suits|suit|prefer; ask for [me|mair|megan|
    eleri]; would you like; shall i|we; may i|we; if you [would] like|prefer|wish|tell; i|we
    suggest|recommend|offer|propose|would; i'd suggest|recommend; free of charge; another copy
    """,
    "not deed": f"""
    nothing ~2 we|i can|could [do]; will|ll|shall be|take|bear|consider|note|do|try|strive|
    endeavour|endeavor|keep [taken|noted|it|this|that|your|our|these|what|borne|passed] [comments|
    feedback|best|utmost|this|that|you|on|in|into] [on|in|into|said|to] [board|mind|account|
    consideration|improve]; take ~3 seriously; ~2 on board; bear|keep ~2 in mind; into account|
    consideration; do|doing our|my|everything best|utmost|we; feedback ~2 noted|passed; comments
    ~2 noted|passed|recorded; been noted; has|have been noted; have|has been {_BACK}; we|i have|
    had had|a; hope you|that|to ~3 understand|accept|forgive; you|can|will understand; cannot|
    cant|cannot be|not|couldnt|unable|never {_HELPED}|{_DONE}; can not {_HELPED}; will|shall|can|
    could|may|did|do|does|was|were|is|are|has|have not|only|never|no|nothing [be|been|yet|longer|
    even] [{_DONE}|{_HELPED}]; wont|wouldnt|couldnt|isnt|arent|wasnt|havent|hasnt [be|been|yet|
    ever] {_DONE}|{_HELPED}|ready|available; i|we have|had|was|were told|asked you; as i|we have|
    had; you have|had {_DONE}; have you {_DONE}; i|we tried|try to|our|my; try our|my best|
    hardest; will try; please accept|forgive|excuse|understand|bear|note|be|remember|do; look|
    looking forward; get|got your letter|message|email; made aware; kept you waiting; keep you
    waiting; kept waiting; let you down; let down; taken so|too|this|longer|long; was|were made|
    done in; is|are made|kept; have|had made a|an|this|the mistake|error; it|this will happen;
    would have; be|is|are able; will|ll be|have more|better|understanding|patient|aware|sorry;
    would never|not; could have; you put; experience you had; i|we put|let; made a mistake; made
    an error; made you; got wrong; set in stone; to do; to make; to have; to be; we made; i made;
    you had to
    """,
    "bad": """
    cant|cannot|can't [actually|even|currently|really|unfortunately|now|simply|just]; can not|
    never; am|are|is|were|was|re|i'm|im|we're [currently|afraid|unfortunately|simply] unable;
    unable to; not [currently|presently|yet|even] able to; not|isnt|wasnt|hardly [currently|
    really|simply|be|been] possible|available|allowed|permitted|authorised|eligible|acceptable;
    impossible; unavailable; unfortunately; i am|im|i'm|we|were|are afraid; regret to|that;
    regrettably; nothing [more|else|that] [that] we|i can|could; wont|won't be able|possible|
    available; must|have to refuse|decline|reject|disappoint; has|have|been|was|were|is been
    [been] refused|rejected|declined|denied; declined your; out of the question; no can do; not|
    isnt something|anything [that] we|i [can] do|offer|provide; no way; wont|won't|will not be
    lend|do|offer|accept|make|replace|refund|give; will not; do|does|dont|doesnt not|offer|
    provide|lend|do|accept|allow|permit|renew|post [offer|provide|lend|accept|allow|permit|renew|
    do|post]; dont|doesnt|don't [actually] offer|provide|lend|accept|allow|permit|renew|post|do;
    there is|are|s no way|chance|possibility|option|appointments|places|room; sadly; not in a
    position
    """,
    "not bad": """
    cant|cannot|can't|never [quite|ever] miss|wait|thank|go|recommend|praise|fail|tell|promise|
    guarantee|say|see [how|why|it|you|wrong|that|which|what|whether|highly|enough|too]; cant|
    cannot be missed|too|overstated; cannot only; can not only; can never; not only; dont|do [not]
    hesitate|worry|mind|think|know|need|have|forget|see|do; if you|it|that|they|this|she|he|one|
    the [really|is|are|still|book|copy] cant|cannot|can't|unable|not|are|is|isnt|arent [not]
    [able|possible|available|come]; whether; when|if you cannot|can't|cant; if not possible; you|
    they|he|she|who|one cant|cannot|can't [get|come|find|make|log|see|read|sign|travel|use|
    remember]; if ~4 not|isnt|unavailable [possible|available|able]; not possible to overstate; so
    that you|nobody|no cannot|cant|not; no longer have|need to; was|were|had [then|still] not
    possible|allowed|permitted|available|able; was|were impossible|unavailable|unable|refused|
    rejected|declined|denied|not|then; there is no way of|better; not sadly; unable by; mission
    impossible; never refused; will not be|cost|take|need|have|charge|disturb|lose|happen
    [charged|fined|long|anything|late|again|closed]; wont|won't be charged|fined|late|long|asked|
    disturbed; will not|never only|cost; sadly missed; dont do anything|so; do not renew|do|post
    [anything]; doesnt do
    """,
    "lack": """
    [we|i|library|there] dont|don't|doesnt|do|does [not] [currently|actually|ourselves|yet] have|
    hold|own|stock|keep|know; no|none longer [in|have|hold|stock|own]; out of stock|print; have|
    has|had no|none|nothing [of|copy|copies|record|records|trace|such]; not [in|on|held|part] [in|
    of|by|our] stock|us|our|collection|catalogue; couldnt|could|couldn't|cannot|cant|can't|unable|
    not|did|didnt [not|to|able] find|trace|locate|identify; found|find nothing; no|nothing trace|
    record|copy|copies
    """,
    "not lack": """
    do|does not|dont|doesnt have to|known|any [late|to]; you|if dont|do|they [not] have|know|hold|
    keep; we|i dont|do not know yet; have|has nothing to; if|whether|in you|we|it ~2 not|cannot|
    cant|dont find|have; have no [late|doubt|idea|need|fear|objection|worries]; have nothing ~2
    pay; do you not; you could not find; you have|can|will no|had; no record fees
    """,
    "reason": """
    because; since; as the|it|we|they|this|there|our|he|she|you|its|most|all|no; so; due|owing|
    thanks to; for the|that|this reason; reason; the reason; caused|explains|why; until; till;
    while; on loan; out on; out of print|stock; being; broken; damaged; fragile; lost; stolen;
    missing; in use; copyright; law; legally; reserved; waiting; only copy; belongs to; full;
    booked; closed; at the binder*|restorer*|repair*; withdrawn; sold; too old|fragile|large|
    heavy|rare|long|few|small; in|under repair|restoration|conservation; protect*; licence;
    license; contract; not ours; elsewhere; yet; another|other reader|readers|patron|person|
    library; never bought|printed|published|existed; it|that|this|they|which is|was|are|were|has|
    have|had|does|cost*|belong*; we|i only|searched|looked; rare; burnt; burned; destroyed; kept
    at|in|by; whose; because of; limits|limit; staff; for lack; wears; faded; unless; private;
    confidential; data protection; others; safety; fire
    """,
    "way": """
    but; instead; however; alternatively; another|other way|copy|library|edition|option|book|
    title|time|day|room; you can|may|could|might|will|would|ll|are|re; try; would|could you|i|we;
    i can|could|will|shall|have|ll|am|would|suggest|recommend; we can|could|will|shall|have|ll|
    are|would|suggest|recommend|do; i'll|we'll|i'd|ive|weve|i've|we've; please|do ask|ring|call|
    write|tell|contact|come|try|see|let|email|speak|visit|reply; suggest; recommend; there is|are|
    s; e-book; ebook; online; scan*; nearest; ask for; ask at; look at|in|on|for; should [you]; if
    you|it; national library; interlibrary; shall; let me|us; can be; may be; has|have [got] one|
    it|them|several|two|a; welcome; same|similar|next
    """,
    "not way": """
    but|however|and [unfortunately|sadly] [i|we] [am|are] cant|cannot|can't|unable|not|afraid|
    nothing; i|we|you will|can|could|would|do|are|am|is not|only|never|unable|afraid|sorry [be|
    have]; there is|are|s no|nothing|not|none; we can|could do; i can|could do; nothing ~3 can|
    could; in future; if you have|had|any ~3 questions|queries|further|difficulties|read|looked|
    checked; please|do contact|ask|let|call|write us|me|know if|for|again; we|you have|do|are to|
    not|no|been|taken|received; i have|am been|to|not|no|afraid|sorry|received; should|you|would|
    could have; would be|not; could not; may|can be refused|possible|aware; you may be; hope; you
    will|can|may|ll understand|appreciate|see|know; we are|do not|unable|sorry|afraid|closed|only|
    very; if it were; another|other reader|patron|person has
    """,
    "blame": """
    you should|shouldve|ought|need|could [to] [of|have|ve] [to] *ed|read|come|brought|known|
    written|paid|let|given|kept|done|said|seen|thought|gone|told|taken|left|been|sent|made|got|
    looked|put|spoken|understood; you shouldve *ed|read|come|brought|known|written|paid|let|given|
    kept|done|said|seen|thought|gone|told|taken; you should not|never|n't [have|of|ve] *ed|done|
    left|taken|given|gone|waited|come|been; you shouldnt [have|ve|of] *ed|done|left|taken|given|
    gone|come; you ought [not] to have; you [have|had|clearly|obviously|simply|apparently|also|
    again|repeatedly] [clearly|obviously|simply] failed|neglected|forgot|omitted|forgotten|
    misread|misunderstood|overlooked|ignored|refused|mislaid; your failure|negligence|
    carelessness|forgetfulness; failure on your part; you fail|failing to; you [clearly|obviously|
    simply] did not [even|bother|actually|properly|care] [to] read|return|follow|check|provide|
    tell|give|bring|ask|listen|look|fill|complete|sign|renew|pay|inform|let|enclose|include|
    mention|say|cancel|call|ring|reply|respond|answer|collect|come|turn|notice; you [clearly|
    obviously|simply] didnt|never|havent|didn't|haven't [even|bother|actually|properly|care] [to]
    read|return|follow|check|provide|tell|give|bring|ask|listen|look|fill|complete|sign|renew|pay|
    inform|let|follow*|enclose|include|mention|say|cancel|call|ring|reply|respond|answer|collect|
    come|turn|notice|pay*|bother*; your own [fault|mistake|error|doing|responsibility|
    carelessness|risk]; [own] your fault|mistake|error|oversight|carelessness; fault is yours;
    fault of your; you are|you're|youre [to|entirely|solely|clearly|simply|quite] blame|mistaken|
    wrong|confused|confusing|responsible|overreacting|exaggerating|rude; you only have yourself;
    only yourself to blame; brought this|it on yourself; no excuse for; as i|we [have|had|already|
    ve|clearly|previously] [already|clearly|previously|repeatedly|just] said|told|explained|
    mentioned|wrote|stated|written|informed|pointed|made; as [already|previously|clearly|
    repeatedly] [already|clearly] said|told|explained|mentioned|stated|advised|written|informed
    [before|above|previously|already|in]; as you [were|have|had|should|would|ought|must] [been|
    have|already|know|very|clearly] [been|already|well|know|seen] told|informed|advised|aware|
    known|know|warned; per my|our last|previous|earlier; i|we [have|had|already|ve] [already|have|
    repeatedly|clearly|previously] told|warned|explained|informed|asked you|this|that [before|
    already|repeatedly|twice|clearly|once|several|many]; you were|was [clearly|already|
    repeatedly|supposed] [been|already] told|warned|informed|supposed|asked|reminded [to|
    that|in|about|several|twice|repeatedly|of|before]; you have|had|ve [clearly|already|
    repeatedly] been [clearly|already|repeatedly] told|warned|informed|asked|reminded;
    you must|may|probably|might [have|ve]
    misread|lost|forgotten|made|mislaid|misunderstood|overlooked|entered|typed|done|given; had you
    read|looked|checked|asked|returned|told|followed|come|informed|listened|called|renewed; if you
    had|d|only|would [only|have|just] read|looked|checked|asked|returned|told|followed|come|
    listened|been|bothered|paid|renewed|called|let; if you'd [only|just] read|looked|checked|
    asked|returned|told|followed|come|listened|renewed; you clearly|obviously|apparently; calm
    down; you need|have to calm|understand|be|learn|realise|realize|accept|read|listen; you
    people; people like you; next time [please] be|read|check|make|remember|do|try; pay attention;
    be more careful; in future [please] do|make|be|read|check|remember|ensure; not our fault|
    problem|responsibility; it is|its|it's|was not|nothing our|to fault|problem|responsibility|do;
    should be obvious; you would|d|might|will know|have; it is|its|it's up to you to; surely you;
    you don't seem to; cant you read; common sense
    """,
    "not blame": """
    you should|shouldve [now] have received|got|had|been|been|access|it|one|them|no; you should|
    shouldve [of|have|ve] [have] received|got|been told|informed|given|asked|sent|treated|offered|
    helped|warned|shown|allowed|welcomed|able|met|rung|called|heard|answered|contacted|spared|met|
    charged|fined|kept|made|left; you should not|never|n't have been|had|to|waited; you shouldnt|
    shouldn't have been|had; you could have [both|it|one|them|the|a|been]; you need|could [to]
    have [been|it]; not|isnt|wasnt|never|no|nor|isn't|is [at|all|in|any|not] [your] your [own]
    fault|mistake|error|doing; your own pace|time|use|copy|study|card|book|name|risk [assessment];
    you did|have not|nothing [do|done|did|make] [anything|nothing|wrong]; you did|didnt nothing;
    you need to be [a|over|able|at|in|there|logged|registered|eighteen|18|present]; you need|have
    to understand the|how; you were asked [for|if|whether]; you have been told ~3 wrong; you were
    told wrong*|falsely|something|nothing|otherwise|different*; you were [wrongly] told that; not
    responsible; you are|re not|never [to] wrong|mistaken|blame|responsible|confused|alone; you
    would|will|d|might have a|an|to|the|no|it; you will|would|might know [him|her|the|it|that]; if
    you had|have to|a|any|it|no|rather; you need|have to read [it|the]; we asked you for; you may
    have ~3 heard|seen|noticed; you must have been|felt|had|waited|heard|seen; as you know; as you
    would ~2 known; you probably have; in future you [can|will|may]; next time you [can|come|will|
    visit]; you are not|never; you were supposed|asked to receive|get|have|be; clearly marked; you
    clearly|obviously love|know|enjoy|care|have|put; whether you forgot; in case you [have|had]
    [forgot|forgotten]; if you [have|ve] [forgot|forgotten|misread|lost]
    """,
    "policy": """
    our|library|librarys|council|councils|company|official|strict|standard|usual|current|existing|
    lending|loan|borrowing|fines|fees|the|a|by|under|per|against|is|are [strict|current|own|
    lending|loan|borrowing|library|council|standard|fines|general|usual] policy|policies; policy|
    policies is|are|does|states|says|dictates|requires|prohibits|forbids|prevents|means; policy
    reasons|grounds; our|the|library|librarys|against|by|under|per|house|strict [library|own|
    house|strict|usual|present] rules|regulations|procedures|procedure|bylaws|byelaws; rules are
    rules; terms and conditions; according to [our|the|library] [library] rules|policy|
    regulations|procedure*|terms; rules|regulations state|say|forbid|require|prohibit|do|don't|
    dont|apply|clearly; against [the|our] rules|policy|regulations; thats|that's|that is just|how|
    the the|it|way|rules [works|is|rules]; not my|our department; computer says; i am|im|i'm just|
    only following|doing my|orders; not authorised to; company line; set procedure; standard
    procedure
    """,
    "not policy": """
    insurance|assurance|foreign|public|economic|privacy|housing|energy|education|educational|
    social|health|monetary|fiscal|agricultural|language|cookie|cookies|transport|colonial|trade|
    immigration|environmental|government|governments|defence|defense|church|land|forest|forestry|
    tax|welfare|whole|life|fire|marine|planning|industrial|cultural|national|royal|party|peace|
    food|drug|drugs|prison policy|policies; policy of [the] 1*|2*|appeasement|containment|
    scorched|good|splendid; policy 1*; policy number|holder|holders|document|documents|maker|
    makers|studies|exchange|review|journal|papers; ground|golden|society|society's|societys|
    football|chess|cricket|grammar|spelling|game|games|rugby|bridge|tennis|monastic|parish|
    workhouse|school|club|union|club's|clubs|prison|mine|mill rules; rules of the|a [game|society|
    club|road|house|order|union|school|court|workhouse]; cider house rules; slide rules; rules
    for|on [playing|football|the game]; [the|a] policy of 1*|2*; the rules [of|for] [cricket|golf|
    football|rugby|chess]; policy book|books
    """,
    "sorry": """
    sorry; apologi*; regret; regrets; forgive us|me
    """,
    "not sorry": """
    feel sorry for; sorry state|tale|sight; safe than sorry; no need to apolog*; better safe
    """,
    "but": """
    but; however; yet; though; although; nevertheless; nonetheless; that said; still you|we|it|
    the; unfortunately
    """,
    "not but": """
    nothing|anything|nobody|everyone|everything|all|none|last|no|cannot but; not only ~6 but; but
    for; however much|long|many|late|far|hard; as yet; not|hasnt|havent|has|have ~3 yet; yet
    another|more|again; not yet; though i|we am|are; even though; although i|we; as though; is|
    are|was|am|be still; but one; though not
    """,
    "help": """
    [very] glad|happy|delighted|pleased|relieved; good news; have good; good to; safe; found;
    hope; we are grateful; it is|its|it's|they|is|are now|here|back|ready|all|right|mended|fixed|
    safe|sorted|online|on|attached; here is|are; thank; better; the good; i|we hope; is|are right;
    can; will; copy|copies|version|edition ~2 is|are|there|here; there is|are|s [a|another|an|
    also|one|two|some]; the e-book; you are right; it was our; that was our; our fault|mistake; i
    can|will; we can|will
    """,
}
