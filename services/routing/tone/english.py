"""How English letters are upset or in sorrow, and what sounds cheerful. Data: see `phrases`."""

from typing import Final

_FAMILY: Final = (
    "mother|mum|mam|mom|father|dad|husband|wife|partner|son|daughter|brother|"
    "sister|child|baby|grandmother|grandfather|gran|granny|nan|nain|taid|grandad|"
    "grandson|granddaughter|uncle|aunt|friend|parents|fiance|fiancee|boyfriend|"
    "girlfriend|stepfather|stepmother|nephew|niece|cousin"
)
_GOOD: Final = (
    "nice|lovely|great|good|wonderful|fantastic|fab|fabulous|brilliant|super|fun|"
    "happy|cracking|pleasant|beautiful|amazing|splendid|terrific|delightful|glorious|"
    "relaxing"
)
_TIME: Final = (
    "day|evening|weekend|week|afternoon|morning|night|one|time|rest|summer|"
    "christmas|break|holiday|holidays|easter|monday|tuesday|wednesday|thursday|"
    "friday|saturday|sunday"
)

PHRASES: Final = {
    "grieving": f"""
    my|our|his|her [dear|beloved|darling|late|elderly|poor] {_FAMILY} [has|have|had] [just|
    recently|sadly|suddenly] died|passed; my|our [dear] late {_FAMILY}; dad|mum|mam|nan|gran|
    granny|grandad|nain|taid|mom|daddy|mummy [has|just|sadly] died|passed; death|passing|loss of
    my|our [dear|beloved|late] {_FAMILY}; my|our [dear|late] {_FAMILY} death|passing|funeral; i|
    we|ive|weve|have|having [have|just|recently] lost my|our [dear|beloved] {_FAMILY}; since|
    after|when|before my|our|he|she [{_FAMILY}] died|passed; he|she [has|sadly|just] died|passed
    [away] [last|this|on|in] week|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday|
    suddenly|yesterday; my|our [{_FAMILY}] is|are [terminally|gravely] dying; terminally ill; in
    a|the hospice; bereave*; grieving; in mourning; my grief; widowed; i buried; we buried; i am a
    widow; im a widow; i am a widower; my|our|his|her|the|mums|dads [{_FAMILY}] funeral; for a|the
    funeral; eulogy for my|our; stillb*; miscarr*; my|our {_FAMILY} who died|passed; sadly ~4
    passed away; sadly ~3 died
    """,
    "not grieving": """
    great-* ~6 died|passed; great grand* ~6 died|passed; great *grandfather|*grandmother|aunt|
    uncle ~3 died|passed; ancestor* ~6 died|passed; funeral records|registers|notices|customs|
    directors|music|hymns; died|passed in 1*; death of my great ~2; passed his|her|my|the exam|
    test|exams|driving; passed on|it|them|me|by
    """,
    "upset": """
    complain !of|in|about|that|in; i|we complain; i|we [have|had|am|are|must|want|wish|need|would]
    [to|already|now|like|also] [to] complain|complained|complaining; make|making|made|lodge|file|
    filing|raise|register|submit|submitted|lodged|filed|raised a|another|this|my|an [formal|
    official|serious|further] complaint; my|our|formal|official complaint; letter of complaint;
    this is a complaint; disappointed; disappointing; disappointment; disgusted; disgusting;
    disgrace*; unacceptable; appalled; appalling; outrage*; furious; angry; livid; fuming; cross
    with; very|so|quite|rather|really|pretty cross; im|i'm|am cross; annoyed; annoying; irritated;
    irritating; frustrat*; fed up; sick of; tired of; ridiculous; rude; rudeness; rudely;
    offended; insulted; insulting; insult; humiliat*; shameful; ashamed of you; shocking; shocked;
    terrible|awful|dreadful|poor|bad|horrible|useless|hopeless|shoddy|lousy|atrocious|abysmal|
    pathetic service|experience|treatment|manners|way|customer|attitude|communication; worst; a
    joke; farce; shambles; incompetent; incompetence; absolutely|utterly|simply|just|totally
    useless|hopeless|awful|terrible|dreadful; let|letting us|me down; waste|wasted|wasting [of]
    [my|our] time; wasted journey|trip|morning|afternoon|day; not|isnt|wasnt|nowhere good enough;
    not|hardly acceptable; unhappy|dissatisfied|displeased|upset|unimpressed|dismayed|distressed|
    exasperated; not [very|at|all|really] happy|pleased|satisfied|impressed; had [quite] enough;
    enough is enough; ignored; ignoring me|us|my; treated|spoken|spoke|talked ~2 like|badly|
    unfairly|rudely|down|disrespectfully; unfair; unfairly; disrespect*; unprofessional;
    inexcusable; unhelpful; intolerable; scandal*; still no|not|nothing|havent|waiting|hasnt|wait|
    unanswered; still have|has not|had|no|heard|received; havent|haven't|not|never heard
    [anything|a] [word|back|from|anything]; heard nothing; not [yet] [had] had|received an|any|a
    answer|reply|response; waiting|waited|wait [for] [over|nearly|almost|more|about|at] [than|
    least] #|an|a|half [a|an] minutes|week|weeks|month|months|hour|hours|days|year|years; nobody|
    noone|one seems|appears|bothers|bothered to; nobody|noone ~2 care|cares|bothered|bothers|
    interested|listens; no one ~2 care|cares|bothered|bothers|interested|listens; nobody|noone
    [has|ever|have|had|even] [ever|even|bothered|yet|once|to] answer*|repl*|got|gets|came|come|
    cares|called|rang|told|help*|respond*|apologi*; no one [has|ever|had|even] [ever|even|
    bothered|yet|to] answer*|repl*|got|gets|came|come|cares|called|rang|told|help*|respond*|
    apologi*; no|without|any answer|reply|response [at] all|whatever|since|again|after; without a
    word; without an|any apology|explanation|warning; third|fourth|fifth|sixth|tenth time [that|i|
    we|now] [i|we|ive|weve|have|am] [have|am|had] writ*|ask*|email*|mail*|call*|phon*|rung|ring*|
    contact*|request*|report*|complain*; second|third|fourth|fifth letter|email|reminder|request;
    time and again; again and again; over and over; how dare; i demand; we demand; wits end; last
    straw; lost [all] patience|faith|trust; my patience; driving|drives|drove me mad|crazy; what
    [on] earth|kind|sort of|are|is ~3 doing|playing|service; wrongly|falsely|unjustly charged|
    accused|fined|billed; accused of|me|us; upset|upsetting; such|what a let-down|letdown|mess|
    disgrace|shame|nuisance|nightmare; a complete|total|absolute mess|disgrace|nightmare|waste|
    failure; you|they|staff|has|have lost my|our; was|were|been made to|feel ~3 stupid|small|
    unwelcome|wait; worried sick; in tears; crying; heartbroken; devastated; distraught;
    desperate; very|so|really|extremely|deeply worried|upset|unhappy|anxious|hurt; stressed; at my
    wits; do something; sort this|it out; get your act; wont|will be going to|never the|press|
    councillor|use|come; not|never coming back; want|demand my money|refund
    """,
    "not upset": """
    not|arent|isnt|never [at|a|really] [all] complaining|upset|angry|cross|annoyed|disappointed|
    offended; not [a|my] complaint; no|any|without complaint*; no need to ~2 complain; dont|don't|
    not|never|hate [want|wish|mean|like] to complain; like|love|enjoy|prefer|like|on|with|by|
    called ~2 angry|furious|terrible|awful|horrible|rude|unhappy|shocking|angriest|horrible|upset;
    angry|furious|unhappy|rude|awful|terrible|horrible detective*|inspector*|man|men|woman|women|
    young|crime*|murder*|histories|tudors|tuesdays; cant|cannot|couldnt complain; cannot ~1
    complain; cant really complain; nothing to complain; never [been] disappointed|disappoints|
    disappoint|disappointing|rude|complained; wont|will|not [not] be|get disappointed; dont [be|
    get] upset|angry|annoyed; portnoys complaint; consumer complaint*; complaints about|procedure|
    department|in [general|the]; angry young; angry birds; look back in anger; furious*'s; fast
    and|& furious; twelve angry; 12 angry; hungry|very angry caterpillar|bear|ghost; angry bear|
    birds|planet|wolf; worst witch|journey|of|winter|case; shock of the; how to complain; book|
    books|novel|poem|film|play|story|stories|history|article|title|titled|called ~2 angry|
    complaint|complaints|disgrace|shame|fury|worst|furious|rude|annoyed|unfair|anger; rude health|
    awakening|britain; sick of ~1 love; still waiting room; disgrace by; stomach|skin|chest|heart
    complaint*; upset stomach; unfair dismissal; stressed syllable*; devastated|heartbroken|upset|
    crying|tears|shocked by|at|over ~2 novel|book|ending|film|story|end|ends|chapter|how; not
    worried|desperate|disappointed; desperate dan; desperately; desperate housewives; last straw
    by; shocking pink; disappointed to miss; great expectations; a joke book; crying wolf|shame|
    of; ashamed to ask|say; ignored spells; worst of ~1 best; scandal sheet
    """,
    "glad": """
    thank you [so|very] [much]; thanks; all|everything is|s [all] right|well|fine|sorted|good; you
    have|ve been ~1 wonderful|kind|helpful|brilliant|lovely|great; that is|thats great|wonderful|
    perfect|lovely|brilliant; much better; made my day|week; delighted; love|loved the|this|it; so
    happy; brilliant
    """,
    "not glad": """
    thank|thanks [you] for nothing; thank|thanks [you] in advance; no thanks to; thanks to your|
    you ~2 mistake|error|delay; thanks a lot for nothing
    """,
    "learner": """
    my english is|isnt|not ~2 good|poor|bad|well|weak|perfect|great|little|basic; sorry|excuse|
    pardon [for|me] [for] my [bad|poor] english; dont|not|cannot|cant|little speak|understand|
    write|know [very|so] [good|well|much] english; learning english; learn english; english is
    [not] ~2 second|third|first|mother|native language|tongue; use translator; google translat*;
    not native
    """,
    "cheer": f"""
    have|having|wish|wishing [you|yourself] [all] [a|an] [very|truly|really|super|absolutely]
    {_GOOD} [rest|and] [of] [your|the] [sunny] {_TIME}; enjoy your|the|this|what|a [{_GOOD}]
    [rest] [of] [the|your|beautiful|rest] day|evening|weekend|week|afternoon|morning|sun|sunshine|
    weather|summer|holiday|holidays|snow|break|festivities|bank|rest; happy reading|browsing|
    weekend|friday|monday|holidays|christmas|easter|days|listening|new|reading|thursday|wednesday|
    tuesday; merry christmas; seasons greetings; happy to help; glad to help; always a pleasure;
    our pleasure; my pleasure; you are|you're|youre [very|most] welcome; no worries; not to worry;
    no probs; no problem*; no biggie; all good; cheers; ta-ta; toodle*; cheerio; ta ta; see ya;
    yay; woohoo; hooray; hurray; awesome; fab; super duper; fantastic news; exciting news; great
    stuff; how exciting; lucky you; chin up; cheer up; keep smiling; smile; have fun; enjoy; stay
    positive; bright side; look on the; don't|dont worry be; tgif; thank goodness its; hiya; hey
    there; hey; howdy; hi there; i|we [do] hope [that] [this|you|you're|youre|your] [email|letter|
    message|mail|are|re|had|have|day|week|weekend|is|finds|all] [is|finds|you|are|had|has|a] [you|
    having|all|keeping|doing|been|had|a] [having|had|well|a|lovely|keeping|doing|are] well|good|
    lovely|great|fine|nice|wonderful|fantastic|super|splendid; hope [you|this|all|your|youre]
    [are|is|finds|had|week|day|weekend|all] [you|having|doing|had|is|a] [a|all] well|good|lovely|
    great|nice|wonderful|fine; isnt|what|such|it's|its|lovely|glorious|gorgeous|beautiful ~3
    weather|sunshine; isnt it|this ~2 cold|hot|sunny|rainy|chilly|wet|warm|lovely; what a lovely|
    beautiful|gorgeous|sunny|glorious day|morning|afternoon|week; brighten* your; make|makes|made
    your day; lovely to hear from; great to hear from; how lovely; how wonderful; have a good|
    great|nice|lovely; best of luck; good luck; sunny regards; sunshine; hugs; xx|xxx|xoxo; lots
    of love; love and; keep well and smiling; onwards and upwards; every cloud
    """,
    "not cheer": """
    no problem* with|in|arises|at; dont enjoy; didnt enjoy; whether|if|that you enjoy; problem of;
    smile train; enjoy the|your right|use|benefit|same|access; happy to help you|with|him|her|
    find|you|if; glad to help you|with; sunshine coast|coach|home|club|room; cheers club; hope
    that|it|this helps; hope [you|this] have|get|is|find ~2 what|some; hope [you] are|re able; i|
    we hope [that] [you|this] [are|is|re] able|enough|clear|useful|of|answers|helps; hope all ~2
    well with the|your; sunshine on; good luck charm; hey-on*; hay; smile please; all good faith;
    all good books; enjoy reading|it; all good condition; have a good|great|nice|lovely look|
    collection|copy|selection|reading|map|picture|photograph|idea|range|view; isnt|what|its|such
    ~3 weather records|station|data
    """,
}
NUMBERS: Final = {
    1: "one|an", 2: "two|couple", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven",
    8: "eight", 9: "nine", 10: "ten", 12: "twelve|dozen", 14: "fourteen", 15: "fifteen",
    20: "twenty", 24: "twenty-four", 30: "thirty",
}  # fmt: skip
UNITS: Final = {"hour*|hrs|hr": 0, "day*": 1, "week*": 7, "fortnight": 14, "month*": 30}
GROUPS: Final = (
    "all|both|everyone|everybody|team|sir|madam|colleague|colleagues|patron|"
    "patrons|reader|readers|friend|friends|borrower|member|members|there|neighbour|"
    "neighbours|parent|parents|enquirer"
)
GREETINGS: Final = "dear|hello|hi|hey|good"
