"""What the additional duties of the United States are, as tables: kept by hand, each with its law.

tools/make_us_policy.py turns them into rows of packs, together with the lists of products in official files.
Days are the first and the last on which goods are entered at the rate.
"""

# ---- countries ------------------------------------------------------------------------------------------

# As chapter 99 calls them in headings 9903.01.43 to 9903.02.91.
COUNTRIES = {
    "Afghanistan": "AF", "Algeria": "DZ", "Angola": "AO", "Bangladesh": "BD", "Bolivia": "BO",
    "Bosnia and Herzegovina": "BA", "Botswana": "BW", "Brazil": "BR", "Brunei": "BN", "Cambodia": "KH",
    "Cameroon": "CM", "Chad": "TD", "China": "CN HK MO", "Costa Rica": "CR", "Côte d’Ivoire": "CI",
    "Côte d`Ivoire": "CI", "Democratic Republic of the Congo": "CD", "Ecuador": "EC",
    "Equatorial Guinea": "GQ", "European Union": "US-EU", "Falkland Islands": "FK", "Fiji": "FJ",
    "Ghana": "GH", "Guyana": "GY", "Iceland": "IS", "India": "IN", "Indonesia": "ID", "Iraq": "IQ",
    "Israel": "IL", "Japan": "JP", "Jordan": "JO", "Kazakhstan": "KZ", "Laos": "LA", "Lesotho": "LS",
    "Libya": "LY", "Liechtenstein": "LI", "Madagascar": "MG", "Malawi": "MW", "Malaysia": "MY",
    "Mauritius": "MU", "Moldova": "MD", "Mozambique": "MZ", "Myanmar (Burma)": "MM", "Namibia": "NA",
    "Nauru": "NR", "New Zealand": "NZ", "Nicaragua": "NI", "Nigeria": "NG", "North Macedonia": "MK",
    "Norway": "NO", "Pakistan": "PK", "Papua New Guinea": "PG", "Philippines": "PH", "Serbia": "RS",
    "South Africa": "ZA", "South Korea": "KR", "Sri Lanka": "LK", "Switzerland": "CH", "Syria": "SY",
    "Taiwan": "TW", "Thailand": "TH", "Trinidad and Tobago": "TT", "Tunisia": "TN", "Turkey": "TR",
    "Uganda": "UG", "United Kingdom": "GB", "Vanuatu": "VU", "Venezuela": "VE", "Vietnam": "VN",
    "Zambia": "ZM", "Zimbabwe": "ZW"}
COLUMN_2 = "BY CU KP RU"  # General Note 3(b)
# Proclamations 9704 and 9705 as amended: who was outside the steel and aluminum duties until 2025-03-11, and
# for whom a tariff-rate quota decided. HTSUS 9903.80.01 and 9903.85.01 of the 2025 basic edition.
STEEL_OUTSIDE = "AR AU BR CA KR MX UA"
STEEL_QUOTA = "US-EU GB JP"
ALUMINUM_OUTSIDE = "AR AU CA MX"
ALUMINUM_QUOTA = "US-EU GB"

# ---- days -----------------------------------------------------------------------------------------------

IEEPA_END = "2026-02-23"  # Learning Resources v. Trump, 20 February 2026; not collected from 24 February
RECIPROCAL = "2025-04-05"  # Executive Order 14257
PHASE_2 = "2025-08-07"  # Executive Order 14326
S122 = ("2026-02-24", "2026-07-23")  # proclamation of 20 February 2026: 150 days
ANNEXES = "2026-04-06"  # proclamation of April 2026: section 232 on metals by annexes, HTSUS 9903.82
BEFORE_ANNEXES = "2026-04-05"

FLOOR = "15% less the duty provided in the applicable subheading"
FLOOR_10 = "10% less the duty provided in the applicable subheading"

# ---- IEEPA ----------------------------------------------------------------------------------------------

CA, MX = "HTSUS 9903.01.10; Executive Order 14193", "HTSUS 9903.01.01; Executive Order 14194"
# program, origins, duty, from, to, law, stack, confidence
METALS = "excludes=S232-STEEL;excludes=S232-ALUMINUM"  # Executive Order 14289, until Proclamation 10947
FENTANYL = [
    ("IEEPA-CN", "CN HK", "10%", "2025-02-04", "2025-03-03", "HTSUS 9903.01.20; Executive Order 14195", ""),
    ("IEEPA-CN", "CN HK", "20%", "2025-03-04", "2025-11-09", "HTSUS 9903.01.24; Executive Order 14228", ""),
    ("IEEPA-CN", "CN HK", "10%", "2025-11-10", IEEPA_END, "HTSUS 9903.01.24; U.S. note 2(u)", ""),
    # Goods of the USMCA were exempt from 7 March: a program of its own, which no preference displaces.
    ("IEEPA-CA-MARCH", "CA", "25%", "2025-03-04", "2025-03-06", CA, ""),
    ("IEEPA-CA", "CA", "25%", "2025-03-07", "2025-03-11", CA, ""),
    ("IEEPA-CA", "CA", "25%", "2025-03-12", "2025-06-03", CA, METALS),
    ("IEEPA-CA", "CA", "25%", "2025-06-04", "2025-07-31", CA, ""),
    ("IEEPA-CA", "CA", "35%", "2025-08-01", IEEPA_END, CA, ""),
    ("IEEPA-MX-MARCH", "MX", "25%", "2025-03-04", "2025-03-06", MX, ""),
    ("IEEPA-MX", "MX", "25%", "2025-03-07", "2025-03-11", MX, ""),
    ("IEEPA-MX", "MX", "25%", "2025-03-12", "2025-06-03", MX, METALS),
    ("IEEPA-MX", "MX", "25%", "2025-06-04", IEEPA_END, MX, "")]
BRAZIL = ("2025-08-06", IEEPA_END, "HTSUS 9903.01.77; Executive Order 14323")
INDIA = ("2025-08-27", "2026-02-06", "HTSUS 9903.01.84; U.S. note 2(z)")
CHINA_RECIPROCAL = [  # HTSUS 9903.01.25 and .63; U.S. note 2(w); Executive Orders 14257, 14259, 14266, 14298
    ("10%", "2025-04-05", "2025-04-08"), ("84%", "2025-04-09", "2025-04-09"),
    ("125%", "2025-04-10", "2025-05-13"), ("10%", "2025-05-14", IEEPA_END)]
# Instead of an addition, all duties together come to 15 %: group, from, law.
FLOORS = {
    "US-EU": (PHASE_2, "HTSUS 9903.02.19 and .20; Executive Order 14326"),
    "JP": (PHASE_2, "HTSUS 9903.02.72 and .73; Executive Order 14345"),
    "KR": ("2025-11-14", "HTSUS 9903.02.79 and .80; 90 FR 55964"),
    "CH": ("2025-11-14", "HTSUS 9903.02.82 and .83; 90 FR 59281"),
    "LI": ("2025-11-14", "HTSUS 9903.02.87 and .88; 90 FR 59281")}
# What only a declaration earns: heading, origins, from. Reported as an additional code of the goods.
DECLARED_RECIPROCAL = [
    ("9903.01.30", "", RECIPROCAL, "donations for relief"),
    ("9903.01.31", "", RECIPROCAL, "informational materials"),
    ("9903.02.78", "", "2025-11-13", "particular articles, U.S. note 2(v)(iii)(b)"),
    ("9903.02.75", "US-EU", "2025-09-01", "essential oils for religious use"),
    ("9903.02.76", "US-EU", "2025-09-01", "civil aircraft and parts"),
    ("9903.02.77", "US-EU", "2025-09-01", "medicines without a patent"),
    ("9903.02.81", "KR", "2025-11-14", "civil aircraft and parts"),
    ("9903.02.85", "CH", "2025-11-14", "civil aircraft and parts"),
    ("9903.02.86", "CH", "2025-11-14", "medicines without a patent"),
    ("9903.02.90", "LI", "2025-11-14", "civil aircraft and parts"),
    ("9903.02.91", "LI", "2025-11-14", "medicines without a patent"),
    ("9903.96.01", "GB", "2025-06-30", "civil aircraft and parts"),
    ("9903.96.02", "JP", "2025-09-16", "civil aircraft and parts")]
DECLARED_S122 = [
    ("9903.03.04", "particular articles, U.S. note 2(aa)(iii)"), ("9903.03.05", "civil aircraft and parts"),
    ("9903.03.10", "donations for relief"), ("9903.03.11", "informational materials")]
# Goods that collected lists call exempt but the law only for a use: U.S. note 2(v)(iii)(b), 2(aa)(iii).
PARTICULAR = set("08059001 08119080 14049090 19059010 19059090 20089921 20093160 20098970 20099040 21069099 "
                 "33012951".split())
# Books, pictures and works of art are informational materials (50 U.S.C. 1702(b)(3)); of printed cards and
# other printed matter only some are.
INFORMATION, PERHAPS_INFORMATION = "4901 4902 9701 9702 9703".split(), "4909 4911".split()

# ---- section 232 ----------------------------------------------------------------------------------------

# U.S. note 16(b) and (j): steel of chapters 72 and 73; note 16(a)(ii): nails of Proclamation 9980.
STEEL = ("7206 7207 7208 7209 7210 7211 7212 7213 7214 7215 721610 721621 721622 721631 721632 721633 "
         "721640 721650 721699 7217 7218 7219 7220 7221 7222 7223 7224 7225 7226 7227 7228 7229 730110 "
         "730210 730240 730290 7304 7305 7306").split()
STEEL_NAILS = "73170030 7317005503 7317005505 7317005507 7317005560 7317005580 7317006560".split()
# U.S. note 16(m), Proclamation 10896, from 2025-03-12: what of chapter 73 is a derivative article.
STEEL_73 = ("73012010 73012050 73023000 73072110 73072150 730722 73072300 73072900 730791 730792 730793 "
            "730799 730810 730820 730830 730840 730890 7309 7310 7311 7312 7313 731412 731414 731419 "
            "731420 731431 731439 731441 731442 73144930 73144960 731450 7315 7316 73170010 73170020 "
            "73170055 73170065 73170075 7318 73194020 73194030 73194050 731990 7320 7321 732219 732290 "
            "732310 732393 732394 732399 732410 732429 732490 732591 732599 7326").split()
STEEL_73_AUGUST = "7216910010 73071930 73071990".split()  # from 2025-08-18
# U.S. note 16(n), 90 FR 11249: outside chapter 73, on the value of the steel.
STEEL_MARCH = ("84313100 84314200 84314910 84314990 84321000 84329000 85479000 94032000 94059920 94059940 "
               "94062000 94069001").split()
# 90 FR 25208, from 2025-06-23: appliances, on the value of the steel.
STEEL_JUNE = ("84181000 84183000 84184000 84221100 84501100 84502000 84512100 84512900 "
              "85098020 85166040").split()
# U.S. note 19(b) and (g); note 19(a)(iii): Proclamation 9980; note 19(j): from 2025-03-12.
ALUMINUM = "7601 7604 7605 7606 7607 7608 7609 7616995160 7616995170".split()
ALUMINUM_9980 = "76141050 76149020 76149040 76149050".split()
ALUMINUM_76 = ("76101000 76109000 7615102015 7615102025 7615103015 7615103025 7615105020 7615105040 "
               "7615107125 7615107130 7615107155 7615107180 76151091 76152000 7616109090 76169910 "
               "7616995130 7616995140 7616995190").split()
ALUMINUM_76_AUGUST = "76121000 76129050 76130000 76141010".split()  # from 2025-08-18

AUTOS = ("870322 870323 870324 870331 870332 870333 870340 870350 870360 870370 870380 870390 87042101 "
         "87043101 87044100 87045100").split()  # U.S. note 33(b)
# Of the vehicles of U.S. note 38(b), those that the code alone makes medium- or heavy-duty.
TRUCKS = ("87012100 87012200 87012300 87012400 87012900 87042211 87042251 87042301 87043201 87044200 "
          "87044300 87045200").split()
TRUCKS_ASKED = ("87041010 87041050 87046000 87049001 87054000 8705900080 87060003 8706000520 8706000575 "
                "87060025 87060050 87091100 87091900").split()
BUSES = "870210 870220 870230 870240 870290".split()  # U.S. note 38(c): .31 and .61, the whole heading
SOFTWOOD = ("44031100 44032101 44032201 44032301 44032401 44032501 44032601 44039901 44061100 44069100 "
            "44071100 44071200 44071300 44071400 44071900").split()  # U.S. note 37(b)
UPHOLSTERED = "9401614011 9401614031 9401616011 9401616031".split()  # U.S. note 37(d)
CABINETS = "9403409060 9403608093 9403910080".split()  # U.S. note 37(f)
# Who pays less than 25 % on cars, on parts, on furniture: origins, duty, heading, from, confidence.
AUTO_DEALS = [
    ("JP", FLOOR, "9903.94.40 and .41", "2025-09-16", "official"),
    ("US-EU", FLOOR, "9903.94.50 and .51", "2025-08-01", "secondary"),
    ("KR", FLOOR, "9903.94.60 and .61", "2025-11-01", "secondary")]
PART_DEALS = [
    ("JP", FLOOR, "9903.94.42 and .43", "2025-09-16", "official"),
    ("US-EU", FLOOR, "9903.94.52 and .53", "2025-08-01", "secondary"),
    ("KR", FLOOR, "9903.94.62 and .63", "2025-11-01", "secondary"),
    ("TW", FLOOR, "9903.94.66 and .67", "2026-05-01", "secondary")]
WOOD_DEALS = [
    ("GB", "10%", "9903.76.20", "2025-10-14", "official"),
    ("JP", FLOOR, "9903.76.21", "2025-10-14", "official"),
    ("US-EU", FLOOR, "9903.76.22", "2025-10-14", "official"),
    ("KR", FLOOR, "9903.76.23", "2025-11-14", "secondary"),
    ("TW", FLOOR, "9903.76.24", "2026-05-01", "secondary")]
# U.S. note 16(c)(xi): the countries of heading 9903.82.22.
FRAMEWORK = "AR EC SV GT JP KR LI CH TW GB US-EU"

# ---- section 301, products of China ---------------------------------------------------------------------

# heading: addition, since when it is charged at this rate.
SECTION_301 = {
    "9903.88.01": ("25%", "2018-07-06"), "9903.88.02": ("25%", "2018-08-23"),
    "9903.88.03": ("25%", "2019-05-10"), "9903.88.04": ("25%", "2019-05-10"),
    "9903.88.15": ("7.5%", "2020-02-14"), "9903.91.01": ("25%", "2024-09-27"),
    "9903.91.02": ("50%", "2024-09-27"), "9903.91.03": ("100%", "2024-09-27"),
    "9903.91.05": ("50%", "2025-01-01"), "9903.91.06": ("25%", "2026-01-01"),
    "9903.91.07": ("50%", "2026-01-01"), "9903.91.08": ("100%", "2026-01-01"),
    "9903.91.11": ("25%", "2025-01-01")}
MASKS = "6307909842 6307909844 6307909850 6307909870 6307909875".split()
EXCLUSIONS = {"9903.88.69": ("2024-06-15", "2026-11-09"), "9903.88.70": ("2024-01-01", "2026-11-09")}

# ---- section 301, forced labor --------------------------------------------------------------------------

# U.S. note 52 and HTSUS 9903.05.20 to 9903.06.21, FR 2026-15181: since section 122 ended. Taken from others'
# reading of HTS 2026 revisions 13 to 20, so every row is `secondary`.
LABOR = "2026-07-24"
LABOR_RATES = {
    "10%": "AR BD KH CA EC SV GT HN IN ID JO MY MX PK LK TT GB",
    "12.5%": "DZ AO AU BS BH BR CL CN CO CR DO EG GY HK IQ IL KZ KW LY MA NZ NI NG NO OM PE PH QA RU SA "
             "SG ZA TH TR AE UY VE VN"}
LABOR_FLOORS = {"US-EU": ("10%", "9903.05.38 and .39"), "JP": ("12.5%", "9903.05.48 and .49"),
                "KR": ("12.5%", "9903.05.70 and .71"), "CH": ("12.5%", "9903.05.73 and .74"),
                "TW": ("10%", "9903.05.75 and .76")}
# Note 52(j): whose goods have a list of their own that is spared; the lists are not held.
LABOR_LISTS = "AR BD KH EC SV GT ID JO MY GB US-EU CH TW".split()
# Note 52(b): goods that are spared, as far as written down here; what it touches beyond them is not known.
LABOR_FREE = """02011005 02011010 02011050 02012002 02012004 02012006 02012010 02012030 02012050 02012080
02013002 02013004 02013006 02013010 02013030 02013050 02013080 08011100 08011200 08011901 08012100 08012200
08013100 08013200 08031010 08031020 08039000 08044000 08051000 09011100 09011200 09012100 09012200 09019010
09019020 09021010 09021090 09022010 09022090 09023000 09024000 09030000 09041100 09041200 09042120 09042140
09042160 09042180 09042220 09042240 09042273 09042276 09042280 09051000 09052000 09061100 09061900 09062000
09071000 09072000 09081100 09081200 09082100 09082220 09082240 09083100 09083200 09092100 09092200 09093100
09093200 09096100 09096200 09101100 09101200 09102000 09103000 09109100 09109907 09109910 09109920 09109940
09109950 09109960 18010000 18020000 18031000 18032000 18040000 18050000 20083035 20091100 20091225 20091245
20091900 21011121 21011129 21011290 40011000 40012100 40012200 40012900 40013000 63090000 84713001 84714101
84714900 84715001 84716010 84716020 84716070 84716080 84716090 84717010 84717020 84717030 84717040 84717050
84717060 84717090 84718010 84718040 84718090 84719000 84733011 84733020 84733051 84733091 85171300 85176200
85235100 85285200 85423100 85423200 85423300 85423900 85429000""".split()
LABOR_ASKED = """0202 0206 0210 0508 0511 0602 0701 0702 0709 0710 0711 0712 0713 0714 0802 0804 0805 0807
0808 0810 0811 0812 1001 1002 1003 1004 1005 1007 1008 1106 1108 1201 1202 1203 1204 1205 1206 1207 1209
1404 1513 1521 1602 1701 1702 1903 1905 2001 2005 2006 2007 2008 2009 2101 2106 2202 25 26 27 28 29 30 31
3203 3204 3206 3301 3606 3818 4113 4403 4407 4408 4412 4703 7106 7108 7110 7112 7115 7118 7201 7202 7203
7204 7401 7402 7403 7404 7405 7501 7502 7503 7504 7508 7602 7901 7902 7903 7907 8001 8002 8007 81 8473 8486
8505 8517 8524 8541 8549 9030 9031""".split()
