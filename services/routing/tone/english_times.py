"""How English replies promise, deny and speak of time. Data: see `phrases`."""

from typing import Final

PHRASES: Final = {
    "commit": """
    i|we|you|they|she|he|it|that|this|one|colleague|team|someone|somebody|desk|department|which|
    who|megan|mair|eleri|ceri|answer|copy|book|books|map|file|link|refund|reply|copies|letter|
    result|results|card|order|item|items|parcel|scan|scans will|shall|ll|should [definitely|
    certainly|also|then|now|be|have|both|surely|all|probably|hopefully|let|get|still|personally|
    gladly|try|aim|hope] [definitely|be|have|to|also|certainly|aim|let|get] [be|have|to]; i'll|
    we'll|you'll|they'll|she'll|he'll|it'll|that'll [definitely|certainly|also|then|now|be|have|
    all|personally|probably|hopefully|try|aim] [to|be|have]; ill|youll|theyll|itll|shell|well|hell
    [definitely|be] let|ring|call|write|send|get|have|hear|be|email|phone|look|check|come|reply|
    contact|post|do|know|bring|deliver|find; i|we|am|are|re|m|i'm|we're|im|is|she's|he's [am|are]
    going to; am|are|i'm|we're|im|is [now|just|currently] sending|posting|ringing|calling|writing|
    emailing|bringing|coming|getting|delivering|returning|working|having|looking; i|we [can|do|
    hereby|also|fully] promise|guarantee|expect|hope|plan|aim|intend|undertake|commit|assure|
    ensure|anticipate|mean; i|we can [probably|certainly|also] have|get|send|post|ring|call|reply|
    finish|answer|let|do|deliver; promise|promised|guaranteed|expected|scheduled; [will] let you
    know; get|getting back to you; be in touch; be with you; with you; hear from us|me; hear back|
    more; expect an|a|the|it|your|our|to|me|us [answer|reply]; ready [for|to]; to be ready;
    should|will|may|could be|have|arrive|reach|get|hear|take|know; will|ll be|have|get|receive|
    arrive|hear|reach; reach you; arrives|comes|delivered; follows; back to you; done; sorted;
    yours; resolved; fixed; finished; answer|reply|update|news ~2 you; on your doormat
    """,
    "not commit": """
    i|we|you|it|they|that|should|could [should|could] have; you|they should|will need|have to;
    what you|we should; we|i expect you; should you; ready to use; i|we hope you|that|this
    [enjoyed|liked|had|found|are|is]; not [be] done|sorted|fixed|finished|ready|yours|delivered|
    resolved; may be|have|i|we; could you|we|i
    """,
    "unsure": """
    cant|cannot|can't|couldnt|couldn't|not [yet] [be] promise|guarantee|say|know|sure|certain; no
    promise|guarantee; dont|don't|doesnt [yet] know|think|expect|promise|believe; do not [yet]
    know|think|expect|promise|believe; whether; if; unless; in case
    """,
    "stay": """
    open|opens|opened|close|closes|closed|closing|opening|shut|shuts|hold|holds|held|holding|host|
    hosts|hosting|celebrate|celebrates|celebrating|run|runs|running|starts|start|starting|begins|
    begin|takes|taking place; take place; meets|meet|meeting|event|events|talk|talks|lecture|
    class|classes|course|courses|concert|show|shows|session|sessions|exhibition|workshop|story|
    fair|sale|tour|playing|performance|club; due [back|in|date|by]; overdue; expires|expire|
    deadline|valid; cant|cannot|can't|couldnt|not [be] promise|guarantee|say|know|sure|certain|
    able; no promise|guarantee; dont|don't|do|doesnt [not] know|think|expect|promise|believe|have;
    whether; if; unless; when; once; in case; provided; as soon as; should you|it|they|this|that;
    was|were|had|did|posted|sent|rang|wrote|went|came|called|returned|arrived|borrowed|asked|met|
    took|gave|made|left|built|written|printed|published|found; has|have|ive|weve|i've|we've [been|
    now|just|already] *ed|been|sent|put|written|found|made|taken|given|set|told|kept; last; every|
    each|most; usually|always|normally; ago; past; please|kindly; you can|may|could|must|should|
    need|have|might|would|are|were|want|wanted|asked|wrote|said|mentioned|told|send|return|bring|
    do|did|renew|pay; you will|ll need|have to; do let|tell|return|bring|come|ring|send|call;
    would|could|can|will|are|do you; let us|me know; return|bring|renew|hand|apply|register|enrol|
    submit it|them|your|the|back; must; needs; need; has to; have to; called|titled|entitled|
    novel|film|film|song|poem
    """,
    "not stay": """
    i|we|i'll|we'll|i'd [will|ll|shall|can] return|book|renew|hand|pay|bring|reply|run|meet|call|
    talk|hold|open|show|start|close; i|we can|could|will|shall|ll do|let|have; will|ll|shall|to|
    and be closed out; i|we have|need to; let you know; last chance|word|thing; i|we must; at
    [the] latest; i|we will|ll|shall run|start|call|return|renew|talk|meet|book|bring [it|them|
    you|through|with]; have it|them|an|a|the|your|one|news|everything|something|that; story; to ~1
    book|books|course; of course; have been; can let
    """,
    "visit": """
    collect|pick|fetch [it|them|up|the|your]; come [in|to|and|round|by|here|over]; visit [us];
    call in; drop in|by; pop in; see you; meet [you|me|us]
    """,
    "not visit": """
    come from|back|out|with|as; will|to come; visited; collect|pick|fetch ~2 not; pick out
    """,
    "deadline": """
    by; by the|next|this; before; before the|next; no|not later than; within; within the [next];
    inside; in under; not after; at the latest; latest
    """,
    "today": """
    [later|earlier] today; tonight; this [very] afternoon|evening|morning|lunchtime; [the|end|
    close] end|close [of] [the|business|play] day; close of business|play; end of today; cob|eod;
    in|within [the] [next|about] an|half|#|few|couple [of|an] [#] hour|hours|minutes|mins|hr|hrs;
    within the hour; in [the] next hour|minutes; within the hour; before we close; before closing
    [time]; by lunchtime|noon|midday|teatime|closing|midnight; first thing this
    """,
    "not today": """
    today's newspaper*|paper|patrons|readers|times; history today; until today; to this day; as of
    today; usa today; of today; today you can; in 24|36|48|72|96 hours; within [the] [next] 24|36|
    48|72|96 hours|hrs
    """,
    "tomorrow": """
    [by|first] [thing] tomorrow [morning|afternoon|evening|night|lunchtime|at|by]; tmrw; tomoz;
    tmr
    """,
    "not tomorrow": """
    tomorrow and tomorrow; tomorrows [world]; day after tomorrow; edge of tomorrow; tomorrow never
    dies|knows|comes; tomorrow when the war; land of tomorrow; world of tomorrow; cities of
    to-morrow; garden cities; a better tomorrow; tomorrow people
    """,
    "after tomorrow": """
    day after tomorrow
    """,
    "this week": """
    [the] end|close|rest of [the|this] week; this week; by week end; later|sometime this week; end
    of week; later in the week; rest of the week; days to come
    """,
    "not this week": """
    rest of your|the; a week; per week; last week; every week; the week of|before|after; one week;
    next week
    """,
    "weekend": """
    [over|at|by|before|this|for] the|this|next weekend; after the weekend
    """,
    "next week": """
    [early|sometime|later|by|the|some] [in|time] next week; the coming week; coming week; the week
    after; [a] week's|weeks|week time; this time next week
    """,
    "month": """
    [the] end of [the|this|next] month; this|next month; in the new year; next year; coming weeks|
    months; by christmas; before christmas; by easter
    """,
    "few days": """
    [with|within|in] [the] [next|coming] [a] [next|coming|matter] [of] few|couple|some|several
    [of] [working|business] days|weeks; in|within|over [the] [next|coming|due] [a] [next] days|
    weeks; a day or two|so; day or two; coming days; matter of days|hours; in due course
    """,
    "not few days": """
    in those|olden|early|these days; for [a] few days|weeks; in the days|weeks of|before|after;
    last|past few days|weeks; a few days|weeks ago|later|before|after|late; in due course [of];
    every few days|weeks; few days of; in weeks; days ago; opening days
    """,
    "within": """
    in|within|inside|under|after [the] [next|about|around|roughly|approximately|less|at|no|under]
    [than|most|more] [than] # [to|or|-] [#] [working|business|open|calendar|short] day|days|week|
    weeks|hour|hours|hrs|month|months|fortnight; in|within a|one|the|next [next|working]
    fortnight|week|month|day; takes|take [about|around] # [working|business] days|weeks; #
    [working|business] days [time] [at]; # hours; a fortnight; # days|weeks time; 24|36|48|72
    hours|hrs; same day; next [working|business] day; allow # [working] days
    """,
    "not within": """
    # days|weeks|months|years|hours ago|late|old|earlier|later|before|after|overdue|long|week|a|
    per|of|in; for # [more|whole|further] days|weeks|months|hours|day|week; last|past|these|those|
    over|every|of|first|after|only|than|all|only|about|fewer|loan # days|weeks|months|hours; in #
    weeks|days of; open # days|hours; within|in # days|weeks|months of; within a week|month|day
    of; # days notice|loan|loans|free; # hours free|notice|drive|away|walk|by; a fortnight ago|
    late|later|before|loan; in [the] first|last # days|weeks; loan|borrow|borrowed|keep|kept|
    renewed|extended|lent ~6 days|weeks|day|week|fortnight|month; in a day|week|month|fortnight
    of; in one day|week; within a day's
    """,
    "correction": """
    i|we|my|our|that|it was|were|am|are|is [was|were] wrong|mistaken|a; mistake; my|our|an error;
    correct|correcting|correction; earlier|previous|last letter|answer|time|message|reply; told
    you before|earlier; i|we [had|have] [earlier|before] told|said|wrote|told|gave; has|have|had|
    was [been|since|now|just] changed|change|moved|returned|raised|lowered; since then; since;
    now; meanwhile; no longer; from now|today|monday|tuesday|1|2|january|december|next; new;
    misinformed|misled|misread; instead of; not #; this time; new rule*; for that|this one|other;
    sorry ~6 wrong
    """,
    "negation": """
    not|no|never|cannot|cant|can't|dont|don't|doesnt|isnt|isn't|arent|aren't|wont|won't|wasnt|
    didnt|without|none|nor|neither|unable|closed|unavailable|impossible|couldnt|havent|hasnt|
    shouldnt|nothing
    """,
}
