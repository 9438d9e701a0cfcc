import type { Catalogue } from "../Catalogue.ts"

/** The usual mistakes and what to do about each, in plain French. */
export const mistakes: Catalogue["mistakes"] = {
  recvTakenForMessage: {
    title: "Un `recv` est pris pour un message",
    cure: "`recv` rend ce qui est arrivé : une demi-requête, une seule, ou trois et demie. Gardez ce que vous avez, ajoutez-y chaque morceau, retirez du début tous les objets complets, et gardez le reste pour le `recv` suivant."
  },
  newlineAwaited: {
    title: "Le serveur lit des lignes",
    cure: "`getline`, `fgets`, `readline` et `for line in file` attendent un saut de ligne, et le client du TP n'en envoie pas. Lisez avec `recv` et coupez là où finit l'objet JSON."
  },
  bracesCountedInStrings: {
    title: "Les accolades à l'intérieur d'un texte sont comptées aussi",
    cure: 'Entre guillemets, une accolade n\'est qu\'un caractère : `{"content":"} {"}` est un seul objet. En cherchant la fin d\'un objet, sautez les chaînes et, dans celles-ci, le caractère qui suit chaque barre oblique inverse.'
  },
  strtok: {
    title: "Les requêtes sont découpées avec `strtok`",
    cure: "`strtok` garde sa position dans une seule variable pour tout le programme : deux threads se gênent donc l'un l'autre ; et son dernier morceau est peut-être incomplet. Coupez là où finit un objet ; s'il faut vraiment couper des mots, prenez `strtok_r`."
  },
  pieceDecoded: {
    title: "Chaque morceau est décodé séparément",
    cure: "Un morceau peut finir au milieu d'un caractère. Accumulez des octets, et décodez une fois l'objet complet, ou prenez un décodeur qui garde le demi-caractère pour le morceau suivant."
  },
  jsonSearchedAsText: {
    title: "On cherche dans le JSON avec `strstr`, `find` ou une expression régulière",
    cure: 'En JSON, les espaces, les séquences d\'échappement et l\'ordre des champs sont libres, et `"type":"login"` peut aussi se trouver dans un message. Prenez une bibliothèque (cJSON, nlohmann/json, le module json de Python) et regardez les champs.'
  },
  parserFailureKills: {
    title: "Un échec de l'analyseur JSON n'est pas traité",
    cure: "Un analyseur signale une entrée invalide : par NULL en C, par une exception en C++ et en Python. Testez ou attrapez cela à chaque requête, et envoyez une erreur. Une imbrication très profonde et des nombres hors limites (`std::stoi`) sont signalés de la même façon."
  },
  fieldTakenForGranted: {
    title: "Un champ est utilisé avant d'être vérifié",
    cure: "Une requête peut n'avoir aucun `username`, en avoir un qui est un nombre, ou ne pas être un objet du tout. Vérifiez qu'un champ est là et que c'est un texte avant de l'utiliser."
  },
  bufferGrowsForEver: {
    title: "Le tampon d'une requête grandit sans fin",
    cure: "Fixez une limite, et vérifiez-la à chaque ajout. Au-delà : envoyez une erreur, et fermez."
  },
  fixedBuffer: {
    title: "Un tampon de taille fixe coupe les longs textes",
    cure: "`char buf[1024]`, `%s` dans un tableau et `strncpy` coupent, ou écrivent au-delà de la fin. Laissez le tampon grandir jusqu'à une limite, en C avec `realloc`, en C++ avec `std::string`. Il en va de même pour un tableau de cinq clients."
  },
  badLineNotSkipped: {
    title: "Après des octets invalides, le serveur est perdu",
    cure: "Envoyez une erreur, jetez tout jusqu'au prochain saut de ligne compris, et reprenez là. Comptez les lignes invalides de suite, et fermez à la dixième."
  },
  answerMisspelt: {
    title: "La réponse n'est pas le JSON que les clients attendent",
    cure: 'Les clients cherchent `"status":"success"` : ni `ok`, ni une autre clé. Le JSON a des guillemets doubles : écrivez-le avec `json.dumps`, pas avec `str`. Envoyez autant d\'octets que le texte en compte, sans le zéro final (`strlen`, pas `sizeof`).'
  },
  answerForgotten: {
    title: "Un chemin du code n'envoie aucune réponse, ou en envoie deux",
    cure: "Faites calculer et rendre la réponse par une seule fonction, et envoyez-la à un seul endroit. Aucun `if` ne peut alors l'oublier, ni l'envoyer deux fois. Répondez aussi quand la salle est vide."
  },
  elseForgotten: {
    title: "Le dernier `else` manque",
    cure: "Une suite de `if (type == …)` a besoin d'une fin : tout ce qui reste reçoit une erreur, et la boucle continue."
  },
  errorsWrittenByHand: {
    title: "Chaque erreur est écrite à la main",
    cure: "Écrivez une fonction qui construit les erreurs, avec un code et un message, et utilisez-la partout."
  },
  idChanged: {
    title: "L'id est converti, inventé ou mémorisé",
    cure: "Recopiez la valeur JSON telle quelle : un nombre reste un nombre. Sans id dans la requête, il n'y en a pas dans la réponse. N'oubliez pas les erreurs."
  },
  jsonBySprintf: {
    title: "Le JSON est assemblé avec `sprintf`, `+` ou une f-string",
    cure: "Un guillemet, une barre oblique inverse ou un saut de ligne dans un nom ou un message casse le JSON. Laissez une bibliothèque l'écrire : elle échappe ce qui doit l'être."
  },
  newlineNotSent: {
    title: "Les réponses ne finissent pas par un saut de ligne",
    cure: "Ajoutez un `\\n` à chaque objet, et écrivez les objets sans saut de ligne à l'intérieur."
  },
  closedWithUnreadBytes: {
    title: "La connexion est fermée alors que des octets ne sont pas lus",
    cure: "`close` avec des octets non lus fait envoyer un reset par le système, qui peut dépasser ce que vous avez envoyé avant. Envoyez la raison, fermez votre côté d'envoi, lisez jusqu'à ce que l'autre côté ferme (une seconde au plus), puis fermez."
  },
  addressInUse: {
    title: "Le serveur ne peut pas redémarrer pendant une minute",
    cure: "`bind` échoue avec « Address already in use » tant que d'anciennes connexions de ce port sont en TIME_WAIT. Activez SO_REUSEADDR avant `bind`."
  },
  unaskedObjects: {
    title: "Le serveur salue les gens, ou annonce qui vient et qui part",
    cure: "N'envoyez que ce que le protocole connaît. Ces annonces sont pour les clients qui demandent `presence` dans leur login."
  },
  deliveredLater: {
    title: "Les messages sont distribués après leur réponse, par quelqu'un d'autre",
    cure: "Quand un thread ou une tâche distribue plus tard, une liste peut le dépasser. Mettez d'abord les messages dans les files des destinataires, confirmez ensuite, et envoyez les listes par les mêmes files."
  },
  namesComparedBadly: {
    title: "Les noms sont comparés par adresse, ou en partie",
    cure: "En C, `a == b` compare des adresses, et `strncmp(a, b, 8)` trouve `alexandra` et `alexandre` égaux. Prenez `strcmp`, et de la place pour le nom entier. En C++, comparez des `std::string`, pas des `const char*`."
  },
  checkThenAct: {
    title: "On vérifie d'abord que le nom est libre, puis on le prend",
    cure: "Un autre thread peut prendre le nom entre les deux. Gardez un même verrou de la vérification à la prise, ou utilisez une seule opération qui fait les deux et dit si elle a réussi."
  },
  refusedFreesName: {
    title: "Un client refusé libère le nom en partant",
    cure: "La fin d'une connexion ne doit retirer que sa propre entrée. Notez un nom sur la connexion une fois qu'il est accordé, pas quand il est demandé."
  },
  refusalEndsTheLoop: {
    title: "Après un refus, le serveur n'écoute plus le client",
    cure: "Un refus est une réponse comme une autre : envoyez-le, et continuez à lire. Un login est une requête dans la boucle habituelle, pas une étape avant elle."
  },
  secondLoginLeavesGhost: {
    title: "Un second login sur une connexion ajoute un second nom",
    cure: "Regardez si la connexion a déjà un nom, et refusez. Sinon, l'ancien nom reste dans la liste, sans personne derrière."
  },
  connectedTakenForLoggedIn: {
    title: "Un client connecté est pris pour un client identifié",
    cure: "Une connexion n'a pas de nom avant son login. Ajoutez-la à la liste des utilisateurs une fois son login accordé, et servez-vous de cette liste pour `list`, pour les messages, et pour savoir qui a le droit de parler."
  },
  lengthInBytes: {
    title: "La longueur d'un nom est comptée en octets",
    cure: "`strlen` compte des octets : é en a deux, 😀 quatre. Comptez les points de code, après NFC, et cherchez les caractères que personne ne peut voir."
  },
  caseComparedBadly: {
    title: "Majuscules et minuscules sont comparées lettre à lettre",
    cure: "`tolower` ne connaît que l'ASCII. Gardez à côté du nom une clé obtenue par NFKC et case folding, et comparez les clés."
  },
  wordsMistyped: {
    title: "Les mots diffèrent de ceux de l'énoncé",
    cure: "Copiez-les. Attention aux accents (enregistrez votre fichier source en UTF-8), à la virgule, et aux espaces à la fin."
  },
  memberBeforeWelcome: {
    title: "Un client est dans la liste avant d'avoir reçu son mot d'accueil",
    cure: "Dès qu'un client est dans la liste, d'autres threads lui envoient des messages. Écrivez d'abord le mot d'accueil, ou mettez-le d'abord dans la file du client, sous le même verrou."
  },
  senderNotSkipped: {
    title: "Le message est envoyé à tous, expéditeur compris",
    cure: "Sautez l'expéditeur dans la boucle. Comparez les connexions, pas les noms."
  },
  loopEndsEarly: {
    title: "La boucle sur les destinataires s'arrête trop tôt",
    cure: "Un `break` ou un `return` à l'expéditeur, ou à un destinataire dont le `send` échoue, oublie tous ceux qui suivent. Prenez `continue`."
  },
  ackSentToEveryone: {
    title: "La réponse est envoyée à tous, ou une fois par destinataire",
    cure: "La réponse va au seul expéditeur, une fois, après la boucle sur les destinataires, pas dans celle-ci."
  },
  partialSend: {
    title: "On croit que `send` envoie tout",
    cure: "`send` peut ne prendre qu'une partie d'un long texte, et rend combien. Envoyez le reste dans une boucle ; en Python, prenez `sendall`."
  },
  writesMixed: {
    title: "Deux threads écrivent au même client en même temps",
    cure: "Donnez à chaque client un verrou que l'on garde le temps d'écrire un objet, pour que deux objets ne se mélangent pas. Écrivez un objet et son saut de ligne en un seul appel."
  },
  threadPerMessage: {
    title: "Chaque message est traité dans son propre thread",
    cure: "Des threads se doublent entre eux. Lisez et traitez les requêtes d'un client dans un seul thread, l'une après l'autre."
  },
  ordersDiffer: {
    title: "On envoie à chaque destinataire séparément",
    cure: "Quand deux threads envoient en même temps, un destinataire voit leurs messages dans un ordre, un autre dans l'ordre inverse. Gardez un même verrou pendant qu'un message est mis dans les files de tous les destinataires."
  },
  contentTouched: {
    title: "Le contenu est rogné, découpé ou converti",
    cure: "Transmettez-le tel quel : pas de `strip`, pas de `%s` ni de `cin >>` (qui s'arrêtent à une espace), pas d'échappement HTML, pas de Latin-1. Décodez et encodez partout en UTF-8."
  },
  nameFromRequest: {
    title: "Le nom de l'expéditeur est pris dans le message",
    cure: "N'importe qui peut y écrire n'importe quel nom. Prenez le nom de la connexion, celui de son login."
  },
  lockHeldWhileSending: {
    title: "Un verrou est gardé pendant que `send` attend",
    cure: "`send` attend un client qui ne lit pas, et tous les autres attendent alors le verrou. Donnez à chaque client une file et un thread qui la vide ; ne gardez le verrou que pour mettre les messages dans les files. Limitez chaque file, et fermez quand elle est pleine."
  },
  listShared: {
    title: "Des threads partagent la liste des clients sans verrou",
    cure: "Pendant qu'un thread parcourt la liste, un autre la modifie : des clients sont oubliés, vus deux fois, ou le programme plante. Copiez la liste sous un verrou, et parcourez la copie."
  },
  erasedInTheLoop: {
    title: "Des clients sont retirés de la liste pendant qu'on la parcourt",
    cure: "`erase` rend invalide l'itérateur de la boucle, et le `remove` de Python saute l'élément suivant. Continuez avec ce que rend `erase`, parcourez une copie, ou parcourez à l'envers."
  },
  endNotNoticed: {
    title: "La fin d'une connexion n'est pas remarquée",
    cure: "`recv` rend 0 quand l'autre côté a fermé, et -1 quand la connexion est rompue (ECONNRESET) ; Python rend b\"\" ou lève une exception. Dans tous les cas, c'est la fin : quittez la boucle, oubliez le client, fermez. Seul EINTR veut dire : encore une fois."
  },
  cleanupSkipped: {
    title: "Un chemin de sortie du code ne fait pas le ménage",
    cure: "Un `return`, un `continue` ou une exception au milieu saute les lignes qui libèrent le nom. N'ayez qu'une sortie : une fonction autour de la boucle en C, un destructeur en C++, `finally` en Python."
  },
  exceptionLeavesThread: {
    title: "Une exception sort du thread",
    cure: "En C++, une exception qui sort d'un thread arrête tout le programme. En Python, elle arrête ce thread, daemon ou non, et le serveur continue sans lui : le client attend sans fin, son nom reste pris. Attrapez-la autour de la boucle de chaque client, et faites le ménage."
  },
  sigpipe: {
    title: "Envoyer à quelqu'un qui est parti arrête le programme (SIGPIPE)",
    cure: "Écrire sur une connexion fermée arrête un programme en C ou C++, sauf si vous ignorez SIGPIPE une fois au démarrage, ou passez MSG_NOSIGNAL à chaque `send`. Alors `send` rend -1 : sautez ce client. Python lève BrokenPipeError à la place."
  },
  peerVanished: {
    title: "Personne ne vérifie qu'un client silencieux est encore là",
    cure: "TCP ne dit rien d'une machine qui a perdu son réseau. Activez keep-alive sur chaque connexion, ou fermez celles qui se taisent depuis trop longtemps."
  },
  closedBeforeAnswering: {
    title: "À la fin de l'entrée, le serveur ferme aussitôt",
    cure: "Un `recv` qui rend 0 dit seulement qu'il ne viendra plus de requêtes. Répondez à celles qui sont venues, puis fermez."
  },
  oneClientAtATime: {
    title: "Le serveur attend un client à la fois",
    cure: "`recv` attend. Donnez un thread à chaque client, ou demandez à `poll` qui a quelque chose à lire, et n'attendez jamais le reste d'une requête. En C, donnez à chaque thread sa propre variable pour son socket : le `fd` de la boucle change sous l'adresse qu'il a reçue."
  },
  selectMisused: {
    title: "`select` est appelé avec un ensemble déjà utilisé, ou un nombre trop petit",
    cure: "`select` modifie l'ensemble qu'on lui donne : passez chaque fois une copie. Son premier argument est le plus grand descripteur plus un. Il ne peut pas surveiller les descripteurs à partir de FD_SETSIZE (1024) ; `poll` le peut."
  },
  backlogTooShort: {
    title: "La file de `listen` est trop courte",
    cure: "`listen(server, 1)` fait attendre les clients, ou les écarte, quand plusieurs se connectent à la fois. Prenez SOMAXCONN, et rappelez `accept` tout de suite."
  },
  seatsNotReused: {
    title: "Les places de ceux qui sont partis ne resservent jamais",
    cure: "Un tableau de clients se remplit quand chaque nouveau prend la place suivante. Déplacez le dernier dans le trou, ou cherchez une place libre."
  },
  announcedTooSoon: {
    title: "Arrivées et départs sont annoncés trop tôt, ou à tous",
    cure: "Annoncez un login une fois qu'il est accordé, et un départ une fois que le nom est libre. N'envoyez les deux qu'à ceux qui ont demandé `presence`, et jamais à celui dont il s'agit."
  },
  roomNotChecked: {
    title: "Le salon n'est qu'un champ que l'on transmet",
    cure: "Tenez une table qui va du nom d'un salon, dans la forme où les noms se comparent, à ses membres. Consultez-la avant tout envoi, toute réponse et toute liste, et n'envoyez à personne d'autre."
  },
  directAsBroadcast: {
    title: "Un message direct prend le chemin de tous les messages",
    cure: "Cherchez d'abord le détenteur du nom, comme le fait un login. Refusez s'il n'y en a pas ; sinon, envoyez à cette seule connexion, sans passer par la boucle sur toutes."
  },
  inboxOfTheName: {
    title: "Les lettres sont gardées sous un nom",
    cure: "Gardez la boîte avec la session, et jetez-la avec elle. Une table des noms aux lettres les remet à qui vient ensuite."
  },
  numbersOfTheConnection: {
    title: "Les numéros sont comptés par connexion, ou à plusieurs endroits",
    cure: "Comptez une fois par salon, au seul endroit où se décide l'ordre de ses messages, et mettez le numéro dans le message avant qu'il ne parte vers quiconque."
  },
  ackOvertakes: {
    title: "L'accusé part dès que le message est accepté",
    cure: "Faites prendre à l'accusé le même chemin qu'aux événements : mettez-le là où se trouverait le message de l'expéditeur, derrière tout ce qui a un numéro plus petit."
  },
  pastBesideLive: {
    title: "Le passé et le direct viennent de deux endroits",
    cure: "Ne lisez pas l'historique pour vous abonner ensuite, ni l'inverse : entre les deux, un message se perd ou vient deux fois. Retenez pour chaque client et chaque salon le dernier numéro envoyé, et envoyez depuis l'historique jusqu'à ce qu'il soit à jour."
  },
  pastUnbounded: {
    title: "Ce qui a été dit est gardé sans borne, ou perdu sans un mot",
    cure: "Gardez pour chaque salon un anneau des derniers messages. Si quelqu'un demande ce qui en est tombé, dites-le d'abord par un `gap`."
  },
  sessionOfTheConnection: {
    title: "La session finit avec sa connexion",
    cure: "Gardez le nom, les salons et la boîte dans la session, et dans la connexion seulement une référence à elle. La fin d'une connexion rend sa session absente ; seul `logout`, ou la fin du délai, y met fin."
  },
  tokenTakenForGranted: {
    title: "Un jeton est cru, ou n'est pas oublié",
    cure: "Cherchez le jeton en même temps que le nom. S'il est inconnu, continuez comme pour tout autre login ; supprimez-le avec sa session."
  },
  receiptsOfTheConnection: {
    title: "Les reçus sont gardés avec la connexion",
    cure: "Gardez les 64 derniers `cid` avec leurs numéros dans la session. Notez-en un dans le geste même qui donne au message son numéro, ni avant ni après."
  },
  receiptWithoutContent: {
    title: "Un reçu ne dit pas de quoi il est le reçu",
    cure: "Gardez avec chaque `cid` ce qui a été envoyé et à qui, ou son empreinte, et comparez avant de répondre par l'ancien numéro."
  },
  nobodyReadsWhileTyping: {
    title: "Personne ne lit pendant que le programme attend le clavier",
    cure: "`input`, `getline` et `fgets` attendent. Lisez la connexion dans un thread à part, ou demandez à `poll` laquelle des deux a quelque chose ; et écrivez chaque fois une ligne entière, avec un saut de ligne et `flush`."
  },
  printedTwice: {
    title: "Un message est affiché à deux endroits",
    cure: "Le thread qui lit et celui qui attend une réponse affichent tous deux ce qui arrive. Qu'un seul endroit lise la connexion, et affiche."
  },
  answerReadAfterSend: {
    title: "Ce qui arrive après `send` est pris pour sa réponse",
    cure: "D'autres peuvent parler avant. Qu'un seul thread lise tout ce qui arrive, et distingue les deux : une réponse a `status`, un message a `type`."
  },
  lineEndSent: {
    title: "La fin de la ligne est envoyée aussi",
    cure: "`fgets` et `readline` gardent le saut de ligne. Coupez-le avant que le texte n'entre dans le message ou le nom."
  },
  wordSent: {
    title: "Le mot pour la liste est envoyé comme un message",
    cure: 'Comparez la ligne avec ce mot avant d\'en faire un message, et envoyez `{"type":"list"}` à la place.'
  },
  usersNotShown: {
    title: "Les noms de la liste ne sont pas affichés",
    cure: "La réponse à `list` n'a ni `content` ni `message` : ses noms sont dans `users`."
  },
  threadKeepsProgram: {
    title: "Un thread qui lit encore garde le programme en vie",
    cure: "Fermez les deux sens du socket avec `shutdown` avant d'attendre le thread, ou faites-en un démon : `close` ne réveille personne qui attend dans `recv`."
  },
  statusIgnored: {
    title: "Personne ne regarde `status`",
    cure: "Affichez le `message` de toute réponse dont le `status` n'est pas `success`, et demandez un autre nom si le login a été refusé."
  },
  senderNotShown: {
    title: "Seul `content` est affiché",
    cure: "Affichez `username` devant."
  }
}
