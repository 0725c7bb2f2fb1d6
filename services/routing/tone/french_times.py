"""How French replies promise, deny and speak of time. Data: see `phrases`."""

from typing import Final

PHRASES: Final = {
    "commit": """
    je|nous|on|il|elle|vous|vs [vous|le|la|les|l|lui|y|en] [le|la|les|en] *erai|*irai|*rai|*erons|
    *irons|*rons|*rez|*ra|*ront; je|nous vais|allons|vas; vous|vs *rez; vous tiendrai|tiendrons|
    recevrez|aurez|trouverez|recontacte|recontactons|rappelle|rappelons|envoie|envoyons|appelle|
    appelons|reponds|repondons|ecris|ecrivons|contacte|contactons|tiens|previens|previendrai;
    sera|seront pret|prete|chez|disponible|la|envoye|envoyee|livre|livree|a|de; promets|
    promettons|garantis|garantissons|mengage|engageons|promis; on vous *e|*ra; reponse|livre|pret|
    prete|livraison|nouvelles|retour ~2 au|d'ici|dici|sous|avant|pour; comptons|compte|pense|
    pensons|espere|esperons; *erai|*erons
    """,
    "not commit": """
    vous devrez|pourrez; devrez [le|la|les]; pourrez; jespere que vous|cela; il faudra; on pourra
    """,
    "unsure": """
    ne|n ~2 promettre|garantir|savoir|sais|savons; si; sil; pas sur|sure|certain|certaine
    """,
    "stay": """
    ouvert|ouverte|ouverts|ouvertes|ouvre|ouvrira|ouvrons; ferme|fermee|fermes|fermons|fermera|
    fermeront; a lieu; aura lieu; auront lieu; se tient|tiendra; commence|commencera; debute|
    debutera; evenement|concert|conference|spectacle|exposition|atelier|cours|heure du; reunion;
    rendre|rapporter|renouveler|retourner|repondre; merci de; veuillez; priere de; si|sil|s'il;
    quand|lorsque; des que; ne ~2 promettre|garantir|savoir; pouvez vous; pourriez; vous pouvez|
    devez|avez|pouviez|vouliez|devrez; a rendre; echeance|date limite; expire; jai|avons|a|ont
    [ete|deja] *e|ecrit|mis|pris|fait|recu; ete|etait|etaient|avait|fut; chaque|tous les|
    habituellement|dernier|passe; intitule|titre|roman; il faut; doit|doivent
    """,
    "not stay": """
    vous repondre|repondrai|rendre; je|nous vais|allons|vous ~1 rendre|rapporter|renouveler|
    repondre; rendre reponse; si possible; au cours; en cours; des que possible; vous rendre; a
    vous repondre; pour vous repondre; cela a; des cours
    """,
    "visit": """
    venez|passez|revenez; venir [le|la|les] chercher|retirer|prendre; retirer|recuperer
    """,
    "not visit": """
    passez une|un|de; venez de
    """,
    "deadline": """
    dici|d'ici [a|au|la|le] [la|fin]; avant [la|le] [fin]; sous; dans; au plus tard; en; dans les
    """,
    "today": """
    aujourdhui; ce soir; cet apres midi; cet apres; ce matin; ce midi; dans|sous|d'ici|dici [l|
    une|lheure|les|la] [#|une|l] heure|heures|minutes; dans la journee; en fin de journee|matinee;
    fin de journee; avant la fermeture; avant midi|ce; tout a lheure; dans lheure
    """,
    "not today": """
    encore aujourdhui; jusqua aujourdhui; daujourdhui; d'aujourd'hui; de nos jours; aujourdhui ~1
    fait; dans|sous [les] 24|36|48|72 heures
    """,
    "tomorrow": """
    demain [matin|soir|midi|apres] [midi]
    """,
    "not tomorrow": """
    apres demain; apres-demain; de demain [matin]; lendemain; a demain
    """,
    "after tomorrow": """
    apres demain
    """,
    "this week": """
    [dici|avant] [la] fin de [la|cette] semaine; la fin de la semaine; cette semaine; dans la
    semaine; en fin de semaine; courant de la semaine
    """,
    "not this week": """
    la semaine prochaine
    """,
    "weekend": """
    ce|le week end; avant|dici le week; ce weekend; pendant le week end
    """,
    "not weekend": """
    bon week end; excellent week end; week end prolonge
    """,
    "next week": """
    [la|en|des] semaine prochaine; semaine suivante; sous|dici|dans une|huitaine semaine; sous
    huitaine; en debut de semaine; dans huit jours
    """,
    "month": """
    [la] fin du mois; ce mois [ci]; le mois prochain; avant noel; dici noel; lannee prochaine
    """,
    "few days": """
    [dans|sous|dici] [les] quelques jours|semaines; prochains jours; jours prochains; prochaines
    semaines; dans les jours; un jour ou deux; un ou deux jours; jours qui viennent; sous peu de
    jours; dici peu
    """,
    "not few days": """
    il y a quelques; quelques jours|semaines plus|avant|apres; pendant|depuis quelques; ces
    prochains jours [feries]
    """,
    "within": """
    dans|sous|dici|d'ici|en|avant [les|un|le|delai|moins|de] [delai|prochains|prochaines|de|les|d]
    [de] # [a|ou] [#] jour|jours|semaine|semaines|heure|heures|mois [ouvres|ouvrables|ouvre]; #
    jours ouvres|ouvrables; dans un delai de; sous quinzaine; dans la huitaine; sous #
    """,
    "not within": """
    il y a # jours|semaines|mois|heures; pendant|depuis|pour # jours|semaines|mois|heures; #
    jours|semaines|mois|heures de|plus|avant|apres|par; en # jours|semaines|mois|heures par; pret
    ~4 semaines|jours|mois; prolonge* ~5 semaines|jours|mois; heures a; dans # heures de; sous #
    degres; en # 1*
    """,
    "correction": """
    trompe*; erreur; rectif*; corrig*; change|changee|a change; desormais; depuis; maintenant;
    auparavant; precedent*; ne ~1 plus; nouveau|nouvelle|nouveaux; au lieu; non pas; et non
    """,
    "negation": """
    ne|n|pas|aucun|aucune|jamais|rien|plus|ni|sans|non|nest|n'est|nai|navons|na|nont|ferme|fermee|
    impossible|indisponible
    """,
}
