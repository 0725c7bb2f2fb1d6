"""English idiom and humour. Data: see `phrases`."""

from typing import Final

PHRASES: Final = {
    "idiom": """
    piece of cake; ballpark; touch|touching base; bear with us|me; hit the nail|road|books|ground|
    hay|jackpot; raining cats; cats and dogs; once in a blue|while moon; blue moon; two birds|
    birds one|with; kill two birds; ball|balls in|is your|in|our court; on|off the same page; long
    story short; out of the blue|woods; spill|spilt the beans; bite|biting|bit the bullet; back to
    square; square one; wild goose; goose chase; needle in a|the haystack; at the end of the day;
    no-brainer; no brainer; fingers|finger crossed; cross|crossing [our|my|your] fingers; knock|
    touch on|wood wood; touch wood; break a leg; hang in there; hang on in; arm and a leg; under
    the weather; better late than never; book by its cover; cut|cutting|cuts corners; get|got|
    start|set|keep the ball rolling; ball rolling; sleeping dogs; blessing in disguise; up in the
    air; hair on; easy peasy; easy-peasy; bobs your uncle; cup of tea; speak of the devil; hot
    potato; in the same boat; the same boat; miss|missed|missing the boat; jump|jumping the gun|
    queue|bandwagon; on the ball; off the hook|cuff|top|bat; by the skin; skin of ~1 teeth; tip of
    the iceberg; pulling|pull|pulled [your|my] leg|strings|socks; rings|ring a bell; rule of
    thumb; burn|burning|burnt the|your midnight|bridges|candle; midnight oil; storm in a teacup;
    barking up; wrong tree; beat|beating about|around the|a bush|dead; around|about the bush; call
    it a day; heads up; heads-up; keep|keeping|kept an|my|our|your eye|eyes|ear out|peeled; keep
    [you] in|posted the|loop; in the loop; nip ~2 in the bud; leave no stone; no stone unturned;
    stone unturned; pull out all; all the stops; think|thinking outside the; outside the box; drop
    us|me a line; drop|dropped the ball; sit tight; ducks in a row; iron|ironing|ironed out;
    low-hanging; low hanging; move|moving the goalposts; on the fence; over the moon; plain
    sailing; smooth sailing; red tape|herring; ropes; scratch|scratching [the|our|my] surface|
    heads|head; shed|shedding some light; slip|slipped through|my|our the|mind|net; through the
    cracks|net|grapevine; slipped [my] mind; snowed under; swamped; spot on; straight from the;
    horses mouth; take|took ~3 grain|pinch of salt; pinch|grain of salt; last straw; through
    thick; throw|threw in the towel; on|under ~1 thin ice; time flies; two peas; turn|turned over|
    a a|blind new|eye; ace up; bees knees; cats pajamas|pyjamas; bite off more; crack|cracking
    the|on code; elephant in the; every cloud; silver lining; far cry; get|got|gets out of hand;
    go the extra; extra mile; go down the rabbit; rabbit hole; gone for a|burton; heart of gold|
    in; in a nutshell; a nutshell; in hot water; in the nick; nick of time; jack of all; kick the|
    kicked bucket; kick|kicked the bucket; know the ropes; learn the ropes; let the cat; cat out
    of; the bag; light at the end; like clockwork; make|makes|made ends meet; nuts and bolts;
    nutshell; off the beaten; on cloud; cloud nine; on the house; once bitten; over the top; play
    it by; by ear; put ~2 on ice; rain check; rain cheque; rough and ready; run of the mill; saved
    by the; see eye to; shot in the dark; sixes and sevens; sleep on it; steal|stole ~1 thunder;
    take the biscuit; the whole nine; tie|tied|tying up|the loose|knot; loose ends; top-notch;
    tough cookie; under your belt; up and running; up to scratch|speed; uphill struggle; weather
    the storm; wrap our|my heads|head; your guess is; go-to; hunky-dory; hunky dory; tickety-boo;
    right as rain; as easy as; easy as pie; donkeys years; chocker; cheap as chips; all ears; all
    hands on; a walk in the; walk in the park; stone's throw; stones throw; early bird; eager
    beaver; egg on; crying over; spilt milk; down to the wire; for a song; fly|flies|flew off the;
    off the shelves; give|gave it a; a whirl|shot; hold your horses; in full swing; it takes two;
    jog your|my memory; leap|leaps and bounds; make a long; mind your own; picked|picking up the
    pieces; pop|popping in|round|over|by; sell like; hot cakes; sky is the; sort|separate the
    wheat; steer clear; stick to your; the ins and; the lions share; lions share; tall order;
    tricks up; turn the tables; white elephant; whole hog; writing on the wall; fishing
    expedition; no strings; bite the; break the ice; cold feet; crystal clear; cut to the chase;
    dead end; dot the; full steam; green light; hands are tied; our hands; hear through; in black
    and; in the dark; in the pipeline; jump through hoops; last resort; left in the lurch; lend an
    ear; long shot; lost in translation; on the tip; paint the town; pass the buck; put your foot;
    put two and; read between the; second wind; set in stone; short and sweet; teething; the best
    of both; think twice; wait and see; water under; wet blanket; without further ado; get|got|
    getting wires|wires|our crossed; crossed wires
    """,
    "not idiom": """
    in black and white [photo*|film*|pictures|copies|print*]; the ropes course; in the dark ages;
    in the bag [with]; drop the ball off; by ear plugs; put ~2 on ice; red herring by; white
    elephant stall|sale; dead end street; our hands are; green light bulb; ins and outs; bite the
    dust; dot the i; leave ~1 bag; the bag is|was|with|that|you|of|in; early bird ticket*; our
    hands [are|free]; hands on; last resort; crystal clear lake; wait and see; turn a [new] page;
    cold feet|water; right as; up to speed limit*; a shot of; give it a [name|number]; our hands
    full; over the top of; on the house [of]; square one [metre|mile]; the same page [of|number];
    on the same page as|in the [book|paper|newspaper]
    """,
    "humour": """
    haha*; hehe*; lol; lmao; rofl; hah; just|only kidding|joking|kid; kidding [aside]; jk; no pun
    intended; pun intended; pardon the pun; excuse the pun; joking aside; joke; jokes; funny
    thing|enough; hilarious; grown|grow|grew legs; walked off by|on itself|its; dog ate; ate [my|
    your|the] homework|it; gremlins; bookworms; bookworm; ghost in the; poltergeist; the library
    ghost; run away from home; gone on holiday without; wink wink; ba dum; tongue in cheek; silly
    me; oopsie; oops; whoops*; oopsy; whoopsie; murphys law; sods law; blame the|it computer|on
    gremlins|the; fairies; little people; overdue joke*; throw the book at; library jail; library
    police; call the police; book police; not the end of the world; nobody died; no one died;
    first world problem*; worse things happen; could be worse; it could be worse; rome wasnt
    built; shhh*
    """,
    "not humour": """
    jokes|joke book|books|section|shelf|by|about|from|corner; book|books|collection|history of|
    with [of] jokes; fairies at|in|of|and; book|books ~2 fairies; cottingley fairies; joking
    relationship; killing joke; call the police on|if|station; no joke; not a joke; rome wasnt
    built by
    """,
}
