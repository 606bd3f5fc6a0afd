"""The declared table of words by which a published service is seen to answer a need of the menu."""

from __future__ import annotations

# Beginnings of AIRS taxonomy term names. A term that names a group of people ("Homeless Shelter Residents") says for
# whom a service is, not what it gives, and stands in no row.
TERMS: dict[str, tuple[str, ...]] = {
    "shelter_tonight": (
        "emergency shelter", "homeless shelter", "crisis shelter", "domestic violence shelter", "runaway/youth shelter",
        "extreme cold weather shelter", "human trafficking shelter", "immigrant/refugee shelter",
    ),
    "ride": (
        "medical appointments transportation", "general paratransit", "senior ride", "local automobile transportation",
        "disability related transportation", "transportation expense assistance",
    ),
    "naloxone": ("naloxone", "overdose prevention", "opioid overdose", "overdose reversal"),
    "syringe_services": ("needle exchange", "syringe", "needle/syringe"),
    "detox": (
        "detoxification", "alcohol detoxification", "drug detoxification", "opioid detoxification",
        "inpatient drug detoxification", "inpatient medically assisted alcohol detox", "outpatient drug detoxification",
        "outpatient medically assisted alcohol detox",
    ),
    "medication": (
        "methadone", "medication assisted maintenance", "naltrexone based mat", "buprenorphine", "opioid treatment",
    ),
    "residential": (
        "residential alcohol use", "residential drug use", "residential substance use",
        "transitional residential substance use", "inpatient alcohol use", "inpatient drug use",
        "inpatient substance use",
    ),
    "outpatient": (
        "comprehensive outpatient alcohol", "comprehensive outpatient drug", "comprehensive outpatient substance",
        "substance use disorder counseling", "drug use disorder counseling", "alcohol use disorder counseling",
        "alcohol use disorder day", "drug use disorder day", "substance use disorder day", "perinatal drug use",
        "perinatal alcohol use", "substance use disorder treatment programs", "central intake/assessment for",
    ),
    "recovery_support": (
        "alcohol use disorder support", "drug use disorder support", "addictions/substance use disorder support",
        "relapse prevention", "recovery homes", "alcohol use related recovery", "drug use related recovery",
        "supportive substance use", "peer recovery",
    ),
    "mental_health": (
        "community mental health", "mental health assessment", "mental health care", "mental health counselors",
        "mental health drop in", "mental health evaluation", "mental health hotlines", "mental health related support",
        "mental health screening", "general mental health screening", "home based mental health",
        "inpatient mental health", "outpatient mental health", "psychiatric", "adult psychiatr", "general psychiatry",
        "clinical psychiatric", "psychotherapy", "psychologists", "psychosocial", "individual counseling",
        "group counseling", "general counseling", "in person crisis", "crisis intervention hotlines",
        "general crisis intervention hotlines", "suicide counseling", "suicide prevention hotlines",
        "crisis residential",
    ),
    "primary_care": (
        "community clinics", "general physical examinations", "urgent care", "family and community medicine",
        "wound clinics", "mobile health care", "veteran outpatient clinics",
    ),
    "food": (
        "ongoing emergency food", "occasional emergency food", "emergency food", "food vouchers", "soup kitchens",
        "food banks", "food pantr", "congregate meals", "home delivered meals", "thanksgiving meals",
    ),
    "clothes_hygiene": (
        "general clothing provision", "clothing vouchers", "clothing", "work clothing", "bathing facilities",
        "laundry facilities", "hygiene", "personal/grooming supplies",
    ),
    "phone": ("cell phones", "discounted telephone", "telephone service payment"),
    "id_papers": (
        "birth certificates", "identification card", "certificates/forms", "social security numbers", "driver license",
    ),
    "benefits": (
        "food stamps/snap", "medicaid applications", "medicaid information", "medicaid", "ssi",
        "social security disability", "benefits assistance", "benefits screening", "general benefits",
        "public assistance programs", "unemployment insurance", "veteran benefits", "welfare rights",
        "health insurance information", "general health insurance information", "certified application counselor",
        "social health insurance", "immigrant benefits",
    ),
    "employment": (
        "job search", "job finding", "job readiness", "job retraining", "job interview", "job banks", "job development",
        "special needs job", "supported employment", "training and employment", "employment preparation",
        "ex-offender employment", "comprehensive job assistance", "resume preparation", "occupation specific job",
        "on the job training", "temporary employment", "veteran employment", "immigrant/refugee employment",
        "comprehensive disability related employment", "senior community service employment", "career counseling",
    ),
    "legal_help": (
        "general legal aid", "legal counseling", "legal information", "legal representation", "lawyer referral",
        "eviction prevention legal", "domestic/family violence legal", "immigration/naturalization legal",
        "public defender", "criminal record expungement", "landlord/tenant assistance",
        "comprehensive family law services", "post disaster legal",
    ),
    "family_support": (
        "families/friends of individuals with a drug use disorder support", "family counseling",
        "families/friends of individuals with an alcohol use disorder support", "family support centers",
        "family preservation", "parent support groups", "parenting helplines", "parent counseling",
        "conjoint counseling",
    ),
    "grief_support": (
        "bereavement", "bereaved child support groups", "bereaved parent support groups", "general bereavement",
        "disaster related bereavement",
    ),
    "drug_checking": ("drug checking",),
    "overdose_plan": ("overdose education", "overdose safety"),
    "wound_care": ("wound clinics", "wound care"),
    "hiv_hepatitis": (
        "confidential hiv", "anonymous hiv", "hiv testing", "hiv pre-exposure", "hiv post exposure", "hepatitis testing",
        "hepatitis vacc", "aids/hiv clinics", "aids/hiv prevention counseling", "aids/hiv/std prevention",
    ),
    "medication_pickup": ("prescription delivery", "medication delivery", "prescription pick"),
    "housing": (
        "housing search", "housing counseling", "housing expense assistance", "supportive housing", "transitional housing",
        "homeless permanent supportive", "at risk/homeless housing", "low income/subsidized", "section 8 housing",
        "rent payment assistance", "rental deposit", "single room occupancy", "public housing",
    ),
    "home_repair": ("general minor home repair", "home rehabilitation", "home barrier", "weatherization", "lead hazard"),
    "utilities": (
        "utility service payment", "utility disconnection", "utility deposit", "electric service payment",
        "gas service payment", "water service payment", "heating fuel payment",
    ),
    "storage": ("storage", "personal property storage"),
    "digital_help": ("computer and related technology", "computer literacy", "digital literacy"),
    "transport": ("local bus fare", "long distance bus fare", "local transit pass", "transit pass", "gas money"),
    "pet_care": ("pet care", "pet food", "pet boarding", "veterinary"),
    "medical_costs": (
        "prescription expense", "prescription drug discount", "prescription drug patient", "medical care expense",
        "dental care expense", "medical bill",
    ),
    "money": ("undesignated temporary financial", "tanf", "general relief", "cash assistance", "tax preparation assistance"),
    "education": (
        "ged/high school", "high school equivalency", "adult literacy", "adult basic education", "english as a second",
        "vocational education", "literacy programs",
    ),
    "veteran": ("veteran ", "veterans affairs"),
    "child_care": (
        "child care centers", "child care expense", "child care provider referrals", "child care providers",
        "drop in child care", "extended child care", "head start",
    ),
    "company": ("companionship", "friendly visiting", "senior companion", "telephone reassurance", "warmlines"),
    # Not "domestic violence intervention programs": those are for whoever was violent.
    "safe_from_partner": (
        "domestic violence hotlines", "domestic violence motel", "domestic violence shelters", "domestic violence support",
        "domestic/family violence legal", "spouse/partner abuse",
    ),
    "elder_safety": ("elder/dependent adult abuse", "adult protective", "elder abuse"),
    "interpreter": ("interpretation/translation", "language interpretation", "language translation", "sign language interp"),
    "explain_health": ("health literacy", "patient navigat", "health care navigat"),
}  # fmt: skip

# A term with one of these in it is no help to a person: an appeal for volunteers or gifts, a group, a complaint.
NOT_A_SERVICE = (
    "volunteer", "donation", r"\bresidents?$", r"\brecipients?$", r"\bcomplaints?$", "clearinghouse",
    "fraud", "advocacy groups",
)  # fmt: skip

# Phrases in a name, as regular expressions of whole words; looked for in the description only of a service that came
# without any term, because descriptions also name what others do.
PHRASES: dict[str, tuple[str, ...]] = {
    "shelter_tonight": (
        "(?:emergency|homeless|night|overnight|family) shelters?", "and shelter", "(?<!.)shelter(?! volunteer)",
        "rescue mission",
    ),
    "ride": ("paratransit", "rides? to", "transportation (?:program|service|voucher)s?", "special transportation"),
    "naloxone": ("naloxone", "narcan", "overdose (?:prevention|response)"),
    "syringe_services": ("syringes?", "needle exchange"),
    "detox": ("detox(?:ification)?",),
    "medication": (
        "suboxone", "methadone", "buprenorphine", "vivitrol", "medication[- ]assisted", "opioid treatment",
    ),
    "residential": (
        "residential (?:substance|drug|alcohol|addiction|treatment)", "inpatient (?:substance|drug|addiction)",
    ),
    "outpatient": (
        "(?:substance|drug|alcohol|addiction)(?: use| abuse)?(?: disorder)? (?:treatment|counseling|outpatient)",
        "outpatient (?:substance|drug|addiction)", "substance abuse (?:program|services?)",
    ),
    "recovery_support": (
        "(?:alcoholics|narcotics|cocaine) anonymous", r"recovery (?:support|coach\w*|house|home|community)",
        "sober living", "halfway house",
    ),
    "mental_health": (
        "mental health", "behavioral health", r"psychiatr\w+", "suicide",
        r"crisis (?:line|center|intervention|stabili\w+)",
    ),
    "primary_care": (
        "(?:community|family|free|medical|primary care) clinic", "primary care",
        "(?<!mental )(?<!behavioral )health center", "wound care",
    ),
    "food": (
        "food (?:bank|pantry|pantries|program|distribution|and shelter)", "emergency food", "soup kitchen", "meals",
        "hot meal",
    ),
    "clothes_hygiene": ("clothing", "clothes", "(?<!baby )showers?", "laundry"),
    "phone": ("(?:free|cell) phones?", "lifeline (?:program|phone)"),
    "id_papers": ("birth certificates?", "(?:id|identification) cards?", "vital (?:records|statistics)"),
    "benefits": (
        "food stamps", "snap", "medicaid", "social security", "public benefits", "benefits (?:assistance|enrollment)",
    ),
    "employment": (
        "employment(?! discrimination)(?! opportunity commission)", "job (?:training|placement|search|corps)",
        "careersource", "career center",
    ),
    "legal_help": ("legal (?:aid|services?|assistance|help)", "lawyer referral", "public defender"),
    "family_support": (
        "al-anon", "alateen", "nar-anon", "family (?:support|counseling|resource center)", "parent support",
    ),
    "grief_support": ("grief", r"bereave\w+"),
    "drug_checking": ("(?:fentanyl|xylazine|drug)(?: test(?:ing)?)? strips?", "drug checking"),
    "overdose_plan": ("overdose (?:education|plan(?:ning)?|safety plan(?:ning)?)",),
    "wound_care": ("wound (?:care|clinic)",),
    "hiv_hepatitis": (r"(?:hiv|hepatitis(?: [abc])?)(?:/\w+)? (?:test|vaccin|screen)\w*",),
    "medication_pickup": ("(?:prescription|medication|pharmacy) (?:delivery|pick-?up)",),
    "housing": (
        "(?:supportive|transitional|affordable|subsidized|permanent) housing",
        "housing (?:authority|assistance|search|counseling|placement|navigation)", "rent(?:al)? assistance",
        "rapid re-?housing",
    ),
    "home_repair": ("home repairs?", "weatherization", "lead (?:abatement|hazard)"),
    "utilities": ("(?:utility|energy|electric|water|heating|fuel)(?: bill)? assistance", "liheap"),
    "storage": ("storage (?:lockers?|units?|space)", "lockers?", "stor(?:e|ing|age of) belongings"),
    "digital_help": ("computer (?:class(?:es)?|training|literacy|lab)", "digital (?:literacy|skills)"),
    "transport": ("(?:bus|transit) (?:pass(?:es)?|tokens?|fare)",),
    "pet_care": (r"pet (?:care|food|boarding|foster\w*)", "veterinary"),
    "medical_costs": ("medical bills?", "prescription assistance", "charity care"),
    "money": ("cash assistance", "(?:emergency )?financial assistance", "tanf"),
    "education": (
        "ged", "adult (?:education|literacy|school)", "high school (?:diploma|equivalency)", "esol", "english classes",
    ),
    "veteran": ("veterans? (?:services?|affairs|assistance|outreach|center|resource center)",),
    "child_care": ("child ?care", "head start"),
    "company": (r"friendly visit\w*", "companion(?:ship)? (?:program|service)s?", "warm ?lines?"),
    "safe_from_partner": ("domestic violence(?! intervention)", "intimate partner violence"),
    "elder_safety": ("elder abuse", "adult protective services?"),
    "interpreter": ("interpreters?", "interpreting", "translation services?"),
    "explain_health": (r"health (?:literacy|navigat\w+)", r"patient navigat\w+"),
}  # fmt: skip

# What prose says of a service, as regular expressions of whole words; a “no” before or after one turns it off.
FEATURE_PHRASES: dict[str, tuple[str, ...]] = {
    "walk_in": (r"walk[- ]?ins?",),
    "same_day": (
        "same[- ]day (?:induction|start|appointment|admission|intake|treatment|dosing|access|service|visit)s?",
        r"(?:start|begin|induct|admit|seen|treat)\w* (?:\w+ ){0,3}(?:on )?the same day",
    ),
    "low_barrier": ("low[- ](?:barrier|threshold)",),
    "pets": (
        "pets? (?:is |are )?(?:welcome|allowed|accepted|ok)", "pet[- ]friendly", "(?:accepts?|takes?|allows?|welcomes?) pets",
        "with (?:their|your) pets?", "dogs? (?:are )?(?:welcome|allowed)",
    ),
    "couples": (
        "couples (?:are )?(?:welcome|accepted|together|may stay)", "(?:accepts?|takes?|allows?|welcomes?|for) couples",
        "couples? rooms?",
    ),
    "families": (
        "famil(?:y|ies) with (?:minor |young )?children", "families (?:are )?welcome",
        "(?:women|mothers|parents) (?:and|with) (?:their )?children", "family shelter",
    ),
    "women_only": ("(?:wom[ae]n|females?)[- ]only", "only (?:for )?(?:women|females)", "serves only (?:women|females)"),
    "men_only": ("(?:m[ae]n|males?)[- ]only", "only (?:for )?(?:men|males)", "serves only (?:men|males)"),
    "young_people": ("young (?:people|adults?)", "youths?", "teens?", "teenagers?", "adolescents?"),
    "buprenorphine": ("buprenorphine", "bupe", "suboxone", "subutex", "sublocade", "zubsolv", "brixadi"),
    "methadone": ("methadone", "mmt"),
    "naltrexone": ("naltrexone", "vivitrol"),
    "step_free": ("wheelchair[- ]accessible", "wheelchair access", "step[- ]free", "ada[- ](?:accessible|compliant)"),
    "interpreter": ("interpreters?", "interpretation (?:services? )?(?:is |are )?(?:available|provided)", "language line"),
    "no_insurance": ("uninsured", "regardless of (?:insurance|ability to pay)"),
    "mobile": ("mobile (?:unit|van|clinic|team|outreach|site|services?)", "comes? to you", "house calls?", "home visits?"),
}  # fmt: skip
# The same, where the “no” is part of what is said.
FEATURES_WITH_A_NO: dict[str, tuple[str, ...]] = {
    "walk_in": ("no appointment (?:is )?(?:needed|necessary|required)", "without an? appointment"),
    "low_barrier": (
        "no (?:sobriety|abstinence) (?:is )?(?:needed|required)", "(?:sobriety|abstinence) (?:is )?not (?:needed|required)",
    ),
    "no_insurance": (
        "(?:without|no) (?:health )?insurance(?: (?:is )?(?:needed|necessary|required|ok))?",
        "insurance (?:is )?not (?:needed|necessary|required)",
    ),
}  # fmt: skip

# As the languages are called here, and as lists write them.
LANGUAGES: dict[str, str] = {
    "Spanish": "spanish|español|espanol", "Portuguese": "portuguese|português", "Haitian Creole": "(?:haitian )?creole",
    "French": "french|français", "Chinese": "chinese|mandarin|cantonese", "Vietnamese": "vietnamese", "Korean": "korean",
    "Khmer": "khmer|cambodian", "Russian": "russian", "Arabic": "arabic", "Polish": "polish", "Italian": "italian",
    "Somali": "somali", "Amharic": "amharic", "Hindi": "hindi", "Urdu": "urdu", "Bengali": "bengali", "Nepali": "nepali",
    "Tagalog": "tagalog|filipino", "American Sign Language": "american sign language|asl|sign language",
}  # fmt: skip
