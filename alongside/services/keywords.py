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
}  # fmt: skip
