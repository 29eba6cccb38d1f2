"""Word lists of the English rules."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PERSONAL = _words("he she it they")
PRONOUNS = PERSONAL | _words("him her them his its their this these those that")
FIRST_PERSON = _words("i me my mine we us our ours you your yours thou thee thy ye")
# Openers that refer to something said before.
LEANING = _words("another other both such former latter same so there here two none")
POINTING = _words("this these those")

CALENDAR = _words(
    "january february march april may june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday bc ad bce ce"
)
TITLES = _words("sir lord lady majesty highness mr mrs ms dr king queen god goodness")
# Nouns that ask for nothing worth knowing.
GENERIC = _words(
    "thing way part kind type sort example time day year month week hour minute moment people man "
    "woman person one lot number amount fact point place case end side use result reason form "
    "level area set group change something anything everything nothing someone anyone everyone "
    "idea name word matter bit piece rest half pair couple term order need effort talent excess "
    "aspect factor series variety range majority addition course sake view question answer "
    "problem issue instance difference similarity advantage fun hand head eye face morning "
    "evening night today tomorrow yesterday century decade component contribution extent role "
    "impact importance ability attempt purpose feature top bottom front "
    # Idioms: they test English and not the text.
    "turn ill home life while none spot sight leave want delight surprise astonishment wonder "
    "vain silence sleep length last heart mind voice breast arm mouth tongue foot knee back help "
    "trouble rest breath company presence sake haste return midst search trace direction "
    "distance process behalf favour favor regard respect manner thought weeping opening folk"
)
# Adjectives that add nothing to a term.
EMPTY = _words(
    "such many several most all own other same some any more less few much each every another "
    "certain various different large small little great good new old first second last next very "
    "well-known main whole major considerable fundamental important key common"
)
# Main verbs that say what their subject is.
NAMING = _words("call know name term dub label")
DEFINING = _words("define describe state measure")

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

# Words that carry no meaning of their own, when two texts are compared.
FUNCTION_WORDS = _words(
    "a about after again all also although am an and any are as at be because been before being "
    "both but by can could did do does doing done down during each either else ever every few for "
    "from further had has have having he her here hers him his how however i if in into is it its "
    "itself just like many may me might more most much must my neither no nor not of off on once "
    "one only or other our out over own same shall she should so some still such than that the "
    "their them then there these they this those though through to too under until up upon us "
    "very was we were what when where which while who whom whose why will with would yet you your "
    "according text passage following statement true called"
)
