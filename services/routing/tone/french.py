"""How French letters are upset, sorry, cheerful, and promise. Data: see `phrases`."""

from typing import Final

_FAMILY: Final = (
    "mere|maman|pere|papa|mari|femme|epouse|epoux|conjoint|conjointe|compagnon|"
    "compagne|fils|fille|frere|soeur|enfant|bebe|grandmere|grandpere|grand-mere|"
    "grand-pere|oncle|tante|ami|amie|parents"
)
_DONE: Final = (
    "demande|annule|annulee|envoye|envoyee|trouve|trouvee|retrouve|retrouves|"
    "retrouvee|retrouvees|commande|rembourse|remboursee|remboursees|supprime|"
    "supprimee|efface|corrige|corrigee|change|repare|renouvele|prolonge|prolongee|"
    "reserve|reservee|transmis|parle|ecrit|mis|mise|pris|ajoute|appele|contacte|"
    "verifie|ouvert|remplace|credite|poste|rendu|donne|garde|gardee|deplace|ferme|"
    "fermee|debloque|debloquee|numerise|numerisee|copie|joint|jointe|inscrit|"
    "inscrite|fait|fixe|signale|obtenu|cherche|regle|recupere|expedie|leve|modifie|"
    "arrange|nettoye|recu"
)

PHRASES: Final = {
    "grieving": f"""
    mon|ma|notre|nos|mes [cher|chere|pauvre] {_FAMILY} [est|a|nous|vient|sont] [vient|a|de] [de|
    decede|decedee|mort|morte|disparu|nous] decede|decedee|mort|morte|disparu|disparue|deceder|
    quittes|quitte|mourir; mon|ma|notre {_FAMILY} est|vient [de] decede|decedee|mort|morte|
    deceder|mourir; deces|mort|disparition|perte de mon|ma|notre [cher|chere] {_FAMILY}; jai perdu
    mon|ma [cher|chere] {_FAMILY}; perdu mon|ma {_FAMILY}; feu mon {_FAMILY}; mon defunt|feu
    {_FAMILY}; ma defunte {_FAMILY}; enterrer|enterre|denterrer|perdre mon|ma|notre [cher|chere]
    {_FAMILY}; en deuil; le|notre|mon deuil; obseques; enterrement de mon|ma|notre; funerailles de
    mon|ma|notre; je suis veuve|veuf; veuve depuis; endeuill*
    """,
    "not grieving": """
    arriere ~8 decede|decedee|mort|morte; arriere grand* ~6; mort|morte|decede|decedee [a|en|au|
    le] ~5 1*; ancetre ~5 mort
    """,
    "upset": """
    porter|deposer|porte|depose plainte; une|ma|notre|cette plainte|reclamation; reclamation; me|
    nous plaindre; je|nous me|nous plains|plaignons; decu|decue|decus|decues|decevant|decevante|
    deception; inadmissible; inacceptable; scandal*; honteux|honteuse|une honte|honte; furieux|
    furieuse; en colere; colere; fache|fachee|faches; enerve|enervee; agace|agacee; exaspere|
    exasperee; excede|excedee; indigne|indignee; outre|outree [par|de]; mecontent|mecontente;
    insatisfait|insatisfaite; marre; ras le bol; ras-le-bol; jen ai assez|marre; assez dattendre;
    lamentable; deplorable; catastrophique; nul; epouvantable; horrible; ridicule; desagreable;
    impoli|impolie|impolis|grossier|grossiere|malpoli; mal recu|recue|accueilli|accueillie|traite|
    traitee|parle; manque de respect; jattends|attends|attendons toujours|encore|depuis; toujours
    pas|rien|aucune|sans; personne [ne|na|n] [ma|nous|me|mavait|na|vient|est] [a|pris|jamais]
    repondu|rappele|venu|aide|repond|rappelle|vient; personne ne; personne na|n'a; personne nest
    venu; sans reponse|nouvelles|excuse; aucune reponse|nouvelle|excuse; pas de reponse;
    troisieme|quatrieme|cinquieme|deuxieme|nieme|enieme fois|lettre|message|courriel|relance;
    perdre|perdu|perte mon|de [temps]; pas normal; anormal; injuste|injustement; ignore|ignoree;
    bouleverse|bouleversee; choque|choquee|choquant; humilie|humiliee; blesse|blessee; tres|
    vraiment|extremement inquiet|inquiete|triste|peinee; au bout du; a bout; cest du [grand]
    nimporte; foutez|moquez; se moque; desespere|desesperee; vous moquez
    """,
    "not upset": """
    pas une plainte|reclamation|fache|fachee|decu|decue|colere|nul|triste; sans|aucune plainte|
    reclamation; pas|point me|nous plaindre; ne me plains; jamais decu|decue; livre|livres|roman|
    film|histoire ~3 colere|plainte|honte; raisins de la; nulle part; nul besoin; match nul;
    toujours pas [a|pas]; plainte de; personne ne [sait|connait]; jattends toujours avec
    """,
    "glad": """
    merci [beaucoup|infiniment|mille|encore]; formidable; parfait; ravi|ravie; tout est rentre|
    regle|bien|en; genial|geniale
    """,
    "not glad": """
    merci davance|d'avance; merci pour rien; merci de; parfait scandale
    """,
    "learner": """
    mon francais ~4 bon|mauvais|parfait|bien|bonne; parle [pas|mal|peu|tres] [bien|peu|mal] [le]
    francais; apprends le francais; japprends; excusez mon francais; pardon pour mon francais;
    ecris mal
    """,
    "cheer": """
    [passez|passer|bonne|je|vous|souhaite|souhaitons|excellente|tres|a|une|et] [vous] [souhaite|
    souhaitons|une|un] [une|un] [tres|excellente|agreable] bonne|belle|excellente|agreable|bon|
    beau|super|merveilleuse [fin|reste] [de] journee|soiree|semaine|weekend|week|apres|lecture|
    vacances|fetes|noel|matinee|dimanche|samedi|vendredi|lundi|mardi|continuation [end|midi];
    bonne|bonnes|excellente lecture|lectures|vacances|fetes; profitez bien|du|de; amusez vous; a
    plus; a bientot; coucou; youpi; hourra; chouette; super; genial; pas de souci*; pas de
    probleme; aucun souci|probleme; avec [grand|le] plaisir; avec joie; avec le sourire; jespere|
    esperons que tout|vous [se] allez|va|passez bien|une; gardez le sourire; souriez; bisous;
    bises; le soleil; quel beau temps; quelle belle journee; bon courage; haut les coeurs;
    joyeuses fetes; joyeux noel; bonne chance
    """,
    "not cheer": """
    un bon [de]; belle edition|collection|lecture de; bonne lecture de; sous le soleil; esperons
    que vous|cela [pourrez|trouverez|aidera|conviendra]; jespere que cela|vous [pourrez|trouverez|
    aide|aidera]; super 8; le soleil de|se
    """,
    "apology": """
    desole*; navre*; excuses; nous|de nous|mexcuser|excuser; excusez; pardon; regrettons|regrette|
    regrets; mes|nos|toutes|sinceres excuses; veuillez [nous] [m|nous] excuser; pardonnez
    """,
    "not apology": """
    desole*|navre* [de|pour|dapprendre] [apprendre] [le|votre|la] deces|perte|deuil; desole* ~4
    deces|perte|deuil|maladie; navre* ~4 deces|perte|deuil; pas besoin dexcuses|de; vous navez pas
    a vous excuser; regrets eternels; excuses moi dabsence
    """,
    "deed": f"""
    jai|nous|avons|lai|lavons|a|ont|aurai|ete|est|sont|etes|les|ma [lai|avons|ont|deja|aussi|ete|
    vous|bien|donc|tous|toutes] [ete|deja|aussi|bien|aussitot|immediatement] {_DONE}; jai|nous
    avons ~1 {_DONE}; je|nous|on|il|elle vous|le|la|les|l|vais|allons|lui [le|la|les|lai|ai|avons|
    appelle|en] *rai|*rons|*ra|*erai|*ai|inscrit*|{_DONE}|appelle|envoie|rappelle|rembourse|ecris|
    offre|propose|reserve|tiens; je|nous vais|allons *er|*ir|*re; je|nous *erai|*erons|*irai|
    *irons|*rai|*rons; vous pouvez|pourrez|trouverez|pourriez|recevrez|attend|attendent|aurez|
    avez; a votre nom; vous attend; ci-joint|ci-jointe|ci-jointes; ci joint|jointe|jointes|
    dessous|apres; en piece; a laccueil; desormais; a la place; rien nest du; dites moi|nous;
    dites-moi; appelez|venez|ecrivez|demandez|passez|rapportez|apportez|essayez|contactez|
    indiquez|repondez [moi|nous|a|le|la|les|vous|chez|quand]; voici; je [vous] propose|suggere|
    offre|conseille; voulez vous; souhaitez vous; je suis en train; gratuit*; tout est regle; est
    pret|prete|disponible|la|arrive|arrivee; puis je
    """,
    "not deed": """
    nous avons ete|eu [debordes|tres|beaucoup|des]; avons bien recu; jai bien recu; ont|a ete|bien
    pris|note|notes|notees|prise|transmises; pris|prise|prises bonne|en [note|compte|
    consideration]; avons pris; en compte; ferons|ferai [de] notre|mon|tout mieux|possible; nous
    ferons; ne|n ~2 pouvez|pourrez|trouverez|avons|avez; ne ~1 *ons|*ez|*rai; vous pouvez
    comprendre|imaginer; vous comprendrez; nous nous|vous *ons; nous excuser; nous vous prions|
    remercions|presentons|comprenons; je vous prie|remercie|presente|comprends; on vous a; vous
    avez *e|du|rendu; avez ete; vous aurez compris; pas *e
    """,
    "bad": """
    malheureusement; helas; ne|n|nous ~1 pouvons|puis|peux|pourrons|pourrai|peut|pouvez [pas|plus|
    rien|malheureusement]; pas|plus [etre] possible|disponible|disponibles|autorise|permis|en;
    impossible; indisponible*; nest|n'est|ne|nes pas|plus possible|disponible|autorise|permis;
    dans limpossibilite; pas en mesure; regret de; au regret; rien [y] faire; ne|n pouvons|peut|
    puis rien; on ne peut; ne [vous|le|la|les] [pretons|faisons|proposons|offrons|acceptons|
    remboursons|prolongeons] pas; ne pretons|faisons|proposons|offrons|acceptons|fournissons pas;
    refuse|refusee|refuser|rejete|rejetee; nous regrettons; je crains; je regrette
    """,
    "not bad": """
    ne|n ~1 pouvez|puis|peux|pouvons [pas|que] [manquer|rater|vous|promettre|garantir|dire|
    savoir]; si ~6 pas|plus|impossible|indisponible [disponible|possible]; si ce nest; ne [vous]
    inquietez|hesitez; nhesitez pas; si vous ne; mission impossible; pas impossible; on ne peut
    plus|mieux; ne puis ~2 dire; vous ne pouvez pas ~1 manquer|rater|tromper; pour que ~3 ne; en
    pas; plus en; ne ferez rien; plus en plus; pas en vain; pas en retard; je crains pas
    """,
    "lack": """
    navons|nai|lavons|possedons|detenons|trouvons [malheureusement] pas|plus|aucun|aucune; ne
    possedons|detenons|trouvons|lavons pas|plus|aucun; rien trouve; introuvable*; epuise*; aucun
    exemplaire|titre|document|resultat; pas trouve
    """,
    "not lack": """
    navons|nai pas besoin|encore [fini|termine]; nai pas besoin; si ~4 na|nai|navons; vous navez
    [pas|rien] [besoin|a]; na pas besoin|de; nen reste; ne ~2 rien; ne faut|seront|sera|pas; ne
    lavons pas encore
    """,
    "reason": """
    car; parce; puisque; comme il|elle|nous|ce; en raison; a cause; faute; due|dus|du a; afin;
    pour que; donc; fragile|abime|abimee|endommage|perdu|perdue|vole|volee|manquant; en cours; en
    pret; emprunte|empruntee; reserve|reservee; seul exemplaire; droit|droits; loi; en reparation|
    restauration|travaux|panne; jusqua|jusquau|jusqu'a|jusqu'au; epuise|epuisee; deja; ferme|
    fermee; complet|complete; un autre lecteur; une autre; lectrice; raison; prive|privee;
    confidentiel*; rare|ancien|lourd
    """,
    "way": """
    mais; en revanche; toutefois; cependant; a la place; vous pouvez|pourrez|pourriez|trouverez|
    aurez; je peux|pourrais|vais|vous|lai|propose|suggere; jai; nous pouvons|vous|avons|allons|
    proposons; une autre|autre edition|solution|bibliotheque|exemplaire; en ligne; numerise*;
    essayez|demandez|appelez|ecrivez|venez|adressez|contactez; il existe; il y a; si vous [le|
    voulez|souhaitez|preferez|en]; voulez vous; gratuit*; bibliotheque nationale; pret entre;
    aupres; lun|autre; chez
    """,
    "not way": """
    mais|cependant [nous|je|malheureusement] ne|n|regrettons; nous pouvons rien|pas|plus; je peux
    rien|pas|plus; nous vous prions|remercions|informons|presentons|rappelons; je vous prie|
    remercie|informe|comprends; vous pouvez pas|plus|comprendre; nous avons le regret; jai le
    regret; un autre lecteur; une autre lectrice; il ny a; si vous avez [dautres] [des]
    [questions]; chez nous; nous avons pas|plus; jai pas|plus
    """,
    "blame": """
    vous auriez|devriez [bien|tout|quand] [du|savoir|avoir] [du|de] [*er|*ir|*re|*oir|*u]; il
    fallait|aurait|suffisait [que|bien|mieux|de|fallu|lire|rendre|rapporter|renouveler|prevenir|
    appeler|demander|y|nous|le|la|les|verifier]; vous avez|aviez [simplement|encore|du|sans|
    visiblement|manifestement] [oublie|omis|neglige|manque|mal|ignore|du] [doute|compris|lu|
    oublie]; vous avez oublie|omis|neglige|mal|manque|refuse|ignore; vous navez|n'avez [meme]
    [pas|jamais] [bien|meme] *e|lu|rendu|suivi|fait|mis|voulu|repondu|prevenu|pris; votre [propre]
    faute|erreur|negligence|oubli|responsabilite; de votre faute|part; votre faute; cest a vous
    de; vous vous [etes] trompe*; vous avez tort; vous etes [seul|seule|le|la] [seul|seule]
    responsable*|fautif|fautive|trompe; comme je|nous [vous] [lai|lavons|ai|avons|vous|deja] [lai|
    avons|deja] [deja] dit|explique|indique|precise|ecrit|signale; comme [deja|il] [vous] [la|a|
    ete] [deja|ete] dit|indique|explique|precise|mentionne; je vous [lai|ai|avais|lavais] [lai]
    [deja] dit|explique|prevenu|prevenue; calmez vous; calmez-vous; vous devez comprendre; la
    prochaine fois [pensez|veillez|merci|lisez|faites|soyez|verifiez]; soyez plus; faites
    attention; si vous aviez lu|rendu|demande|verifie|prevenu|ecoute|fait
    """,
    "not blame": """
    vous auriez|devriez [deja] [du] [avoir] recevoir|recu|etre|avoir; vous auriez du recevoir|
    etre|avoir|obtenir; pas|nullement [de] votre faute|erreur; ce nest pas votre|de [votre]
    [faute]; vous navez rien|pas [a|fait|besoin|tort|de] [mal|craindre]; vous navez pas tort|a|
    besoin; si vous avez oublie|mal|perdu; vous navez pas recu|ete; aucune faute de; cest a vous
    de choisir|decider|voir; vous avez manque le [car|bus]; vous avez bien [fait]; vous navez pas
    encore recu; il aurait fallu vous; il fallait vous; de votre part
    """,
    "policy": """
    notre|nos|le|la|leur|du|au|selon|contraire politique|politiques|reglement|reglements|regles|
    regle|procedure|procedures [interieur|interne]; [c] cest|est le|la|notre|dans|contraire|contre
    [au|a] [la|notre|le|nos] politique|reglement|regles|regle|procedure; politique de|du [la]
    maison|bibliotheque|pret; reglement interieur; conditions generales; cest comme ca; cest
    ainsi; le reglement cest|est; contraire au; conformement [a|au|aux] [notre|nos|la|le] *
    """,
    "not policy": """
    politique|politiques etrangere|economique|sociale|agricole|publique|coloniale|monetaire|
    familiale|francaise|culturelle|linguistique|europeenne|commerciale|exterieure|interieure; la
    politique [de|en|sous|au] *; la vie|science|histoire|sociologie|homme politique; regles du|de|
    dun|d|de [la] [jeu|grammaire|football|rugby|lorthographe|lart|orthographe]; le|du|un reglement
    de|des|du [la] [societe|compte|comptes|lecole|1*|lusine|club|mine]; regle|regles a; reglement
    de la societe; est regle|reglee; cest regle
    """,
    "sorry": """
    desole*; navre*; excuser|excuses|excusez|mexcuser; pardon; regrettons|regrette
    """,
    "but": """
    mais; cependant; toutefois; pourtant; neanmoins
    """,
    "not but": """
    non seulement ~6 mais; mais aussi|encore
    """,
    "help": """
    retrouve*|trouve*; bonne nouvelle; heureux|heureuse; content|contente; ravi|ravie; soulage*;
    jai|avons|lai|lavons; voici; vous pouvez|pourrez|trouverez; est la|pret|arrive|disponible|
    regle; il y a; je peux|vais; nous allons|pouvons; espere*
    """,
    "idiom": """
    les carottes sont cuites; coup de main; tomber dans les pommes; poser un lapin; il pleut des
    cordes; pleut des cordes; chercher une aiguille; aiguille dans une botte; botte de foin; cest
    du gateau; du gateau; simple comme bonjour; les doigts dans le nez; doigts dans le nez;
    croisons|croise|croiser les doigts; touchons|toucher du bois; mettre les pieds dans; pieds
    dans le plat; donner sa langue; langue au chat; avoir un poil; la cerise sur; cerise sur le
    gateau; mettre la main a la pate; la main a la pate; revenons a nos moutons; nos moutons;
    tirer par les cheveux; tourner autour du pot; autour du pot; couper les cheveux en; cheveux en
    quatre; la goutte deau; goutte deau qui; mieux vaut tard; tout baigne; comme sur des
    roulettes; sur des roulettes; en un clin; clin doeil; au pied de la lettre; casser les pieds;
    jeter leponge; avoir le beurre; beurre et largent; chercher midi a; midi a quatorze; tomber a
    leau; tombe a leau; tombee a leau; a la saint glinglin; saint-glinglin; quand les poules;
    poules auront des dents; ce nest pas la mer; mer a boire; coup de pouce; a vol doiseau; un de
    perdu; jeter un oeil|coup; passer un coup de fil; coup de fil; etre dans le meme bateau; meme
    bateau; tenir au jus; au jus
    """,
    "not idiom": """
    coup de main a
    """,
    "humour": """
    haha*; hihi*; hehe*; lol; mdr; ptdr; je plaisante|rigole; blague; plaisanterie; sans rire;
    oups; rat|rats de bibliotheque; les lutins; parti en vacances sans; jeu de mots; pour rire;
    cest une blague
    """,
    "not humour": """
    livre|livres|recueil [de] blagues; sans blague; la plaisanterie; blagues pour
    """,
}
NUMBERS: Final = {
    1: "un|une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit",
    9: "neuf", 10: "dix", 12: "douze", 14: "quatorze", 15: "quinze|quinzaine", 20: "vingt",
}  # fmt: skip
UNITS: Final = {
    "heure*": 0,
    "jour*|journee": 1,
    "semaine*|huitaine": 7,
    "quinzaine": 14,
    "mois": 30,
}
GROUPS: Final = (
    "tous|toutes|madame|monsieur|mesdames|messieurs|equipe|lecteur|lectrice|"
    "collegue|collegues|ami|amie|amis"
)
GREETINGS: Final = "cher|chere|bonjour|bonsoir|chers"
