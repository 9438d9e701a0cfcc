import type { Catalogue } from "../Catalogue.ts"
import { features } from "./features.ts"

/** The clauses in plain French. */
export const clauses: Catalogue["clauses"] = {
  "WIRE-1": {
    title: "chaque réponse tient sur une ligne",
    rule: "Chaque objet que le serveur envoie occupe une ligne à lui seul et se termine par un saut de ligne.",
    why: "Ligne par ligne, un journal, un script ou un client dans n'importe quel langage peut suivre l'échange."
  },
  "FRAME-1": {
    title: "une requête en morceaux reste une seule requête",
    rule: "Une requête a le même sens quels que soient les morceaux dans lesquels elle arrive, même octet par octet.",
    why: "TCP transporte un flux d'octets, que le réseau coupe où il veut. C'est rare sur une seule machine, et courant sur Internet."
  },
  "FRAME-2": {
    title: "des requêtes arrivées ensemble reçoivent toutes une réponse",
    rule: "Plusieurs requêtes dans un même segment reçoivent toutes leur réponse, dans l'ordre où elles ont été envoyées.",
    why: "Un client qui envoie deux requêtes de suite remplit souvent un seul `recv`. Ce qui suit la première requête ne doit pas être perdu."
  },
  "FRAME-3": {
    title: "un caractère coupé en deux arrive entier",
    rule: "Un caractère de plusieurs octets (é, 😀) peut être coupé entre deux segments, et arrive pourtant tel qu'il a été envoyé.",
    why: "Le réseau connaît des octets, pas des caractères. Décoder une moitié de caractère donne une erreur ou un �."
  },
  "FRAME-4": {
    title: "toutes les façons d'écrire du JSON sont comprises",
    rule: "Espaces après `:` et `,`, séquences `\\uXXXX` et UTF-8 brut ont le même sens. Un serveur soigné accepte aussi les sauts de ligne et l'indentation entre les éléments.",
    why: "Chaque bibliothèque JSON écrit à sa manière. Python met une espace après chaque deux-points et échappe tous les accents."
  },
  "FRAME-5": {
    title: "un objet qui dépasse la limite est refusé",
    rule: "Un objet qui dépasse la limite (64 Kio par défaut) reçoit le code `too_large`, puis la connexion se termine. La mémoire qu'il occupe reste bornée.",
    why: "Un client qui ne ferme jamais son objet pourrait remplir la mémoire du serveur, et l'arrêter pour tout le monde."
  },
  "FRAME-6": {
    title: "des octets qui ne sont pas du JSON ne gênent personne d'autre",
    rule: "Des octets qui ne sont ni du JSON ni de l'UTF-8 ne nuisent ni aux autres clients ni au serveur. Un serveur soigné prévient l'expéditeur, ou ferme la connexion.",
    why: "N'importe qui peut envoyer n'importe quoi sur un port ouvert. L'erreur d'un client ne doit pas mettre fin à la conversation de tous."
  },
  "FRAME-7": {
    title: "après une ligne invalide, la suivante compte de nouveau",
    rule: "Des octets invalides reçoivent une erreur ; tout est ignoré jusqu'au prochain saut de ligne, et la ligne suivante est lue normalement. Après dix lignes invalides de suite, la connexion se termine.",
    why: "Une personne qui tape à la main peut réessayer ; un programme qui envoie n'importe quoi ne continue pas sans fin."
  },
  "FRAME-8": {
    title: "aucune entrée étrange n'arrête le serveur",
    rule: "Un début de TLS, une requête HTTP ou un objet avec deux fois la même clé n'arrêtent rien. Un serveur soigné résiste aussi à une imbrication profonde, à des nombres énormes et à `__proto__`.",
    why: "Navigateurs, scanners et attaquants frappent tôt ou tard à chaque port ouvert."
  },
  "FRAME-9": {
    title: "une requête finit où finit son JSON, sans saut de ligne",
    rule: "Une requête est complète dès l'accolade fermante de son objet JSON. Rien n'a besoin de la suivre. Un serveur soigné ignore aussi, entre les objets, les NUL et les indicateurs d'ordre des octets (BOM).",
    why: "Le client du TP n'envoie pas de saut de ligne. Un serveur qui en attend un ne lui répond jamais, et chacun attend l'autre sans fin."
  },
  "REQ-1": {
    title: "une requête inconnue reçoit une erreur, et la connexion continue",
    rule: "Un `type` inconnu ou absent, ou du JSON qui n'est pas un objet, reçoit une erreur ; puis la connexion continue.",
    why: "Un client plus récent que le serveur, ou qui a un bug, apprend ce qui ne va pas au lieu d'attendre."
  },
  "REQ-2": {
    title: "chaque requête reçoit exactement une réponse, dans l'ordre",
    rule: "Chaque login, message ou list reçoit exactement une réponse, sur sa propre connexion, dans l'ordre des requêtes.",
    why: "Une réponse ne dit pas à quelle requête elle appartient : les clients comptent. Une de trop ou une de moins, et toutes les suivantes sont prises pour d'autres."
  },
  "REQ-3": {
    title: "les champs superflus sont ignorés",
    rule: "Une requête peut avoir plus de champs que nécessaire ; ils ne changent rien.",
    why: "Ainsi, de nouveaux clients peuvent parler à d'anciens serveurs."
  },
  "ID-1": {
    title: "l'id d'une requête revient dans sa réponse",
    rule: "L'`id` d'une requête, texte ou nombre, revient inchangé dans sa réponse ; la réponse à une requête sans id n'en a pas.",
    why: "Un client sait ainsi à quelle requête appartient chaque réponse."
  },
  "CODE-1": {
    title: "les erreurs donnent leur raison sous forme de code",
    rule: "Une erreur a un `code` pour les programmes, comme `username_taken`, à côté de son `message` pour les humains.",
    why: "Un programme ne peut rien faire d'une phrase qui sera formulée autrement demain."
  },
  "END-1": {
    title: "le serveur dit pourquoi il termine une connexion",
    rule: "Quand le serveur termine une connexion, il envoie d'abord la raison sous forme d'erreur, puis ferme de telle sorte que cette raison arrive.",
    why: "Sinon, la personne à l'autre bout ne voit qu'une connexion morte, sans jamais savoir pourquoi."
  },
  "PLAIN-1": {
    title: "un client ne voit rien qu'il n'a pas demandé",
    rule: "Un client qui n'a demandé aucune option reçoit des réponses à ses requêtes et des messages ; rien d'autre.",
    why: "Un client simple trébuche sur une bannière ou une annonce : il la prend pour la réponse qu'il attend."
  },
  "SYNC-1": {
    title: "une liste arrive après les messages qui la précèdent",
    rule: "Un message confirmé avant que quelqu'un demande la liste atteint cette personne avant la liste.",
    why: "Un client qui a vu la liste sait ainsi qu'il a vu tout ce qui a été dit jusque-là."
  },
  "LOGIN-1": {
    title: "un nom libre est accordé",
    rule: "Qui demande un nom que personne n'a l'obtient : le `status` de la réponse est `success`.",
    why: "Rien ne marche sans login. Tout le reste du TP commence ici."
  },
  "LOGIN-2": {
    title: "le mot d'accueil est `Bienvenue, <nom>`",
    rule: "Le `message` de la réponse à un login est exactement `Bienvenue, ` suivi du nom.",
    why: "Ce sont les mots de l'énoncé du TP."
  },
  "LOGIN-3": {
    title: "un nom déjà pris est refusé",
    rule: "Un nom que quelqu'un porte n'est pas accordé une seconde fois : le `status` n'est pas `success`, ou la connexion se termine. Son propriétaire ne remarque rien. Un serveur soigné répond avec le status `error`.",
    why: "Avec deux clients du même nom, personne ne saurait qui parle."
  },
  "LOGIN-4": {
    title: "de plusieurs qui veulent le même nom à la fois, un seul l'obtient",
    rule: "Quel que soit le nombre de clients qui demandent un nom au même instant, un seul l'obtient.",
    why: "D'autres threads s'exécutent entre deux lignes de votre code : entre le moment où l'un vérifie que le nom est libre et celui où il le prend, un autre peut le prendre."
  },
  "LOGIN-5": {
    title: "un client refusé peut essayer un autre nom",
    rule: "Après un refus, le client peut demander un autre nom sur la même connexion.",
    why: "Une personne qui choisit un nom déjà pris veut en choisir un autre, pas tout recommencer."
  },
  "LOGIN-6": {
    title: "seuls de vrais noms sont accordés",
    rule: "Un nom est un texte de 1 à 32 caractères (points de code, après NFC), sans caractère invisible ni caractère de contrôle, sans espace au début ni à la fin. Tout le reste est refusé.",
    why: "Un nom qu'on ne voit pas, ou qui ressemble à un autre, trompe les gens."
  },
  "LOGIN-7": {
    title: "rien ne fonctionne avant le login",
    rule: "Avant le login d'un client, ses `message` et `list` sont refusés avec `not_logged_in`, et ses messages n'atteignent personne.",
    why: "Un message sans expéditeur n'appartient à personne."
  },
  "LOGIN-8": {
    title: "un second login ne change rien",
    rule: "Un client déjà identifié qui refait un login est refusé, et garde son premier nom.",
    why: "Sinon, le premier nom reste pour toujours dans la liste, sans personne derrière."
  },
  "LOGIN-9": {
    title: "des noms qui ne diffèrent que par la casse sont le même nom",
    rule: "Des noms égaux après NFKC et case folding sont le même nom : qui demande `ALICE` tant que `alice` est là est refusé. Un nom est affiché tel qu'il a été donné.",
    why: "`Alice` pourrait parler au nom de `alice` sans que personne le remarque."
  },
  "LOGIN-10": {
    title: "le mot d'accueil arrive en premier",
    rule: "La réponse à un login arrive avant tout ce que les autres provoquent.",
    why: "Un client lit la première chose qui arrive comme la réponse à son login."
  },
  "MSG-1": {
    title: "tous les autres reçoivent un message, une seule fois",
    rule: "Chaque autre client identifié reçoit un message exactement une fois, avec le nom de son expéditeur et son contenu inchangé.",
    why: "C'est à cela que sert un chat."
  },
  "MSG-2": {
    title: "l'expéditeur apprend que son message est envoyé",
    rule: "L'expéditeur d'un message reçoit une réponse avec le status `success`. Un serveur soigné reprend les mots de l'énoncé.",
    why: "L'expéditeur l'attend : sans réponse, un client ne distingue pas un serveur lent d'un message perdu."
  },
  "MSG-3": {
    title: "personne n'entend son propre message",
    rule: "L'expéditeur d'un message ne le reçoit pas ; il reçoit la réponse `success`, et rien de plus.",
    why: "Son client a déjà affiché le texte : il apparaîtrait deux fois. Et qui attend une réponse lirait un message à la place."
  },
  "MSG-4": {
    title: "les messages d'un même expéditeur arrivent dans l'ordre",
    rule: "Les messages d'un même expéditeur arrivent dans l'ordre où ils ont été envoyés.",
    why: "Une conversation dans le désordre n'a pas de sens."
  },
  "MSG-5": {
    title: "tout le monde voit la même conversation",
    rule: "Tous les destinataires voient tous les messages dans un seul et même ordre.",
    why: "Sinon, l'un lit la réponse avant la question, et l'autre non."
  },
  "MSG-6": {
    title: "le contenu arrive tel qu'il a été envoyé",
    rule: "Accents, emoji, guillemets, barres obliques inverses, sauts de ligne et espaces aux deux bouts arrivent inchangés, dans des messages d'au moins 2 Kio ; un serveur soigné en accepte 8.",
    why: "Les gens écrivent dans toutes les langues, collent du code et citent."
  },
  "MSG-7": {
    title: "personne ne parle au nom d'un autre",
    rule: "Le nom que voient les autres est celui du login de l'expéditeur. Un message qui prétend venir d'un autre est refusé ; un message sans nom est accepté.",
    why: "Sinon, chacun pourrait faire dire n'importe quoi à n'importe qui."
  },
  "MSG-8": {
    title: "qui n'est pas identifié n'entend rien",
    rule: "Les connexions sans login ne reçoivent aucun message.",
    why: "Sinon, n'importe qui pourrait écouter sans apparaître dans la liste."
  },
  "MSG-9": {
    title: "un message sans contenu est refusé",
    rule: "Un `content` absent, vide ou qui n'est pas un texte est refusé.",
    why: "Les autres recevraient une ligne vide, ou un client échouerait sur une valeur inattendue."
  },
  "MSG-10": {
    title: "un client qui ne lit pas ne retarde personne",
    rule: "Un client qui ne lit pas ce qu'on lui envoie ne retarde aucun autre client.",
    why: "Une fois les tampons du système pleins, `send` attend. Si tout le serveur attend avec lui, un portable en veille arrête le chat pour tous."
  },
  "LIST-1": {
    title: "la liste contient chaque client identifié, une fois",
    rule: "`users` contient le nom de chaque client identifié, y compris celui qui demande, exactement une fois. Un serveur soigné les donne dans l'ordre des logins.",
    why: "On regarde la liste pour savoir qui lira ce qu'on écrit."
  },
  "LIST-2": {
    title: "la liste ne contient personne qui n'est pas là",
    rule: "Qui est parti, a été refusé ou n'a pas fait de login ne figure pas dans la liste.",
    why: "On parlerait à quelqu'un qui n'est pas là."
  },
  "LEAVE-1": {
    title: "qui ferme la connexion n'est plus là, et son nom est libre",
    rule: "Une fois qu'un client a fermé sa connexion, son nom n'est plus dans la liste, et le suivant peut le prendre.",
    why: "Tout le monde part un jour. Si les noms restent pris, personne ne peut revenir."
  },
  "LEAVE-2": {
    title: "qui est coupé n'est plus là, et son nom est libre",
    rule: "De même après une fin brutale (un reset TCP), même au milieu d'une requête.",
    why: "Des programmes plantent, des câbles se débranchent. Alors, personne ne ferme poliment la connexion : `recv` signale une erreur."
  },
  "LEAVE-3": {
    title: "qui disparaît sans un mot n'est plus là après un moment",
    rule: "De même, dans le délai du keep-alive, pour un client qui disparaît sans rien fermer.",
    why: "Une machine qui perd son réseau ne peut pas le dire. Seule une sonde le découvre."
  },
  "LEAVE-4": {
    title: "la fin d'un client n'est la fin de personne d'autre",
    rule: "Quelle que soit la façon dont un client s'en va, le serveur et tous les autres continuent.",
    why: "Des clients partent sans cesse, même pendant que le serveur leur envoie quelque chose. Un serveur qui en meurt entraîne tout le monde."
  },
  "LEAVE-5": {
    title: "qui a tout dit reçoit encore ses réponses",
    rule: "Un client qui a fermé son côté d'envoi après sa dernière requête reçoit encore les réponses à ce qu'il a demandé.",
    why: "Les scripts font ainsi : `printf '…' | nc server 12345` envoie tout, puis attend les réponses."
  },
  "PING-1": {
    title: "ping reçoit une réponse",
    rule: "`ping` reçoit `success`, même avant le login, et compte comme signe de vie, comme n'importe quel octet.",
    why: "Un client voit que le serveur est toujours là, et reste connecté pendant que personne ne parle."
  },
  "LOGOUT-1": {
    title: "qui se déconnecte par logout reçoit une réponse, puis n'est plus là",
    rule: "`logout` reçoit `success` ; le nom est libre, et le serveur ferme la connexion.",
    why: "Un client qui dit au revoir est sûr d'avoir été entendu."
  },
  "CONC-1": {
    title: "de nombreux clients sont servis en même temps",
    rule: "Huit clients sont servis en même temps, et un client qui ne dit rien ne retarde personne. Un serveur soigné en accepte cent.",
    why: "Un chat pour une seule personne n'en est pas un. Qui attend un client dans `recv` ne doit pas faire attendre les autres."
  },
  ...features,
  "CLIENT-1": {
    title: "un client fait son login sous le nom qu'on lui donne",
    rule: "Le client se connecte et envoie un seul login, avec exactement le nom qu'on lui a donné.",
    why: "Sans login, personne ne vous entend ; sous un autre nom, personne ne vous connaît."
  },
  "CLIENT-2": {
    title: "un client envoie chaque ligne comme un message",
    rule: "Chaque ligne tapée est envoyée comme un message : une fois, dans l'ordre, inchangée, sous son propre nom. Tout ce que le client envoie d'autre est aussi du JSON.",
    why: "Guillemets et barres obliques inverses sont du texte, eux aussi. Un JSON assemblé à la main s'y casse."
  },
  "CLIENT-3": {
    title: "un client affiche ce que disent les autres",
    rule: "Chaque message d'un autre arrive à l'écran : tout de suite, une fois, dans l'ordre. Ce qui l'entoure est libre.",
    why: "Attendre le clavier ne doit pas faire attendre les messages, et ce qui reste dans un tampon n'est sur aucun écran."
  },
  "CLIENT-4": {
    title: "un client affiche qui est là",
    rule: "Le mot pour la liste interroge le serveur, et chaque nom de la réponse est affiché. Un client sans ce mot n'est pas jugé là-dessus.",
    why: "La liste est une réponse comme une autre ; seuls ses champs diffèrent."
  },
  "CLIENT-5": {
    title: "un client à qui l'on dit de quitter n'est plus là",
    rule: "Le mot pour quitter ferme la connexion et termine le programme. Un client sans ce mot n'est pas jugé là-dessus.",
    why: "Un thread qui attend encore dans `recv` garde le programme en vie, et le nom occupé."
  },
  "CLIENT-6": {
    title: "un client distingue une réponse d'un message",
    rule: "Un message peut arriver avant la réponse au sien, et la réponse peut tarder. Ce que disent les autres est affiché entre-temps, et rien n'est perdu.",
    why: "Ce que `recv` donne après `send` n'est pas forcément la réponse : les autres parlent quand ils veulent."
  },
  "CLIENT-7": {
    title: "un client affiche qui parle",
    rule: "Le nom de l'expéditeur se trouve à côté de chaque message.",
    why: "À trois, il importe de savoir qui a dit oui."
  },
  "CLIENT-8": {
    title: "un client comprend un objet en morceaux",
    rule: "Un objet qui arrive en plusieurs segments est affiché comme s'il était arrivé en un seul, même si un caractère est coupé en deux.",
    why: "TCP transporte un flux d'octets. Un demi-objet n'est pas du JSON, et un demi-caractère n'est pas du texte."
  },
  "CLIENT-9": {
    title: "un client comprend plusieurs objets à la fois",
    rule: "Plusieurs objets qui arrivent dans un même segment sont tous affichés.",
    why: "Deux personnes qui parlent en même temps remplissent souvent un seul `recv`. Ce qui suit le premier objet ne doit pas se perdre."
  },
  "CLIENT-10": {
    title: "un client dit qu'il a été refusé",
    rule: "Un login refusé se voit à l'écran, ou termine le programme.",
    why: "Qui n'apprend pas que le nom est pris tape dans le vide."
  },
  "CLIENT-11": {
    title: "un client remarque que le serveur n'est plus là",
    rule: "Quand le serveur termine la connexion, le client le dit ou se termine. Il n'affiche pas sans fin.",
    why: "Alors `recv` ne rend rien, aussitôt, encore et encore : une boucle qui prend cela pour du texte ne s'arrête jamais."
  }
}
