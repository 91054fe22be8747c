"""Facts of the starter packs that are kept by hand: what the goods are, how each market counts, taxes and fees.

Every fact names its law. What could not be supported is not here; what is carried over without proof is `assumed`.
"""

CHECKED = "2026-11-20"

_GOODS = """
040900 natural honey|060311 fresh roses|060312 fresh carnations|060314 fresh chrysanthemums|060319 other fresh cut flowers
071333 kidney beans, dried|080132 cashew nuts, shelled|080131 cashew nuts in shell|080119 coconuts, fresh or other
080111 coconut, dried|080212 almonds, shelled|080262 macadamia nuts, shelled|080261 macadamia nuts in shell|080232 walnuts, shelled
080410 dates|080420 figs|080430 pineapples|080440 avocados|080450 mangoes, guavas, mangosteens|080620 raisins|081310 apricots, dried
081320 prunes|081340 other dried fruit|081350 mixtures of nuts or dried fruit|090111 coffee, not roasted|090112 coffee, not roasted, decaffeinated
090121 coffee, roasted|090122 coffee, roasted, decaffeinated|090210 green tea, small packings|090220 green tea, bulk|090230 black tea, small packings
090240 black tea, bulk|090300 mate|090411 pepper, whole|090412 pepper, ground|090421 chillies, dried whole|090422 chillies, ground|090510 vanilla, whole
090520 vanilla, ground|090611 cinnamon, whole|090619 cassia and other cinnamon|090620 cinnamon, ground|090710 cloves, whole|090720 cloves, ground
090811 nutmeg, whole|090821 mace, whole|090831 cardamoms, whole|090832 cardamoms, ground|090921 coriander seeds|090931 cumin seeds|090961 anise, fennel, caraway
091011 ginger, whole|091012 ginger, ground|091020 saffron|091030 turmeric|091099 other spices|120740 sesame seeds|121190 plants for perfumery or medicine
130120 gum arabic|130190 frankincense, myrrh and other resins|151530 castor oil|151550 sesame oil|151590 shea, argan and other vegetable fats
180100 cocoa beans|180310 cocoa paste|180400 cocoa butter|180500 cocoa powder|180632 chocolate bars, not filled|180690 other chocolate
200799 jams|200811 groundnuts, prepared|200819 other nuts, prepared|210111 coffee extracts|210390 sauces and seasonings|220870 liqueurs
330129 essential oils|330410 lip make-up|330499 skin care|330510 shampoo|330741 incense|340111 toilet soap|340119 other soap bars|340130 skin-washing liquids|340600 candles
420211 leather trunks and cases|420221 leather handbags|420222 handbags of textile or plastics|420229 other handbags|420231 leather wallets|420232 wallets of textile or plastics
420291 other leather containers|420292 other textile or plastic containers|420310 leather garments|420321 leather sports gloves|420329 other leather gloves|420330 leather belts
420500 other leather articles|441911 bamboo bread and chopping boards|441912 bamboo chopsticks|441919 other bamboo tableware|441920 tropical wood tableware|441990 other wooden tableware
442011 tropical wood ornaments|442019 other wooden ornaments|442090 wooden caskets and inlay|442191 bamboo articles|442199 other wooden articles
460121 bamboo mats|460122 rattan mats|460129 mats of other plaiting|460192 bamboo plaits|460194 plaits of other vegetable matter|460211 bamboo baskets|460212 rattan baskets|460219 baskets of other vegetable matter|460290 other basketwork
480256 uncoated paper in sheets|481710 envelopes|482010 notebooks|482390 other paper articles|490900 greeting cards|491110 catalogues
500720 silk fabric|520811 cotton plain weave|520851 printed cotton plain weave|521151 printed cotton and mixed fabric|530500 sisal, coconut and other fibres
560900 articles of yarn and cordage|570110 wool carpets, knotted|570190 other knotted carpets|570210 kilims and similar|570220 coconut fibre mats|570242 woven pile carpets, made up|570299 other woven carpets|570330 tufted carpets|570500 other carpets
580500 hand-woven tapestries|581092 embroidery|610329 knitted ensembles|610442 knitted cotton dresses|610462 knitted cotton trousers, women|610510 knitted cotton shirts|610610 knitted cotton blouses|610910 cotton T-shirts|610990 other T-shirts
611011 wool pullovers|611012 cashmere pullovers|611020 cotton pullovers|611030 man-made fibre pullovers|611120 babies’ cotton garments|611691 wool gloves|611710 knitted shawls
620342 men’s cotton trousers|620343 men’s synthetic trousers|620442 women’s cotton dresses|620444 women’s artificial fibre dresses|620452 cotton skirts|620462 women’s cotton trousers|620520 men’s cotton shirts|620590 men’s other shirts|620610 silk blouses|620630 cotton blouses
620821 cotton nightwear|620920 babies’ cotton garments|621142 women’s other cotton garments|621410 silk shawls|621420 wool shawls|621430 synthetic shawls|621490 other shawls|621710 clothing accessories
630120 wool blankets|630130 cotton blankets|630210 knitted bed linen|630221 printed cotton bed linen|630231 cotton bed linen|630251 cotton table linen|630260 terry towels|630291 other cotton linen|630419 bedspreads|630492 cotton furnishing articles|630790 other made-up textile articles
640320 leather strap sandals|640351 leather-soled boots|640359 leather-soled shoes|640391 leather boots|640399 leather shoes|640419 textile shoes|640520 felt or textile footwear|640590 other footwear
650400 plaited hats|650500 knitted hats|660200 walking sticks|670290 artificial flowers|680299 carved stone|691110 porcelain tableware|691190 other porcelain household articles|691200 ceramic tableware|691310 porcelain ornaments|691390 ceramic ornaments|691490 other ceramic articles
701337 drinking glasses|701399 other glassware|701810 glass beads|701890 lamp-worked glass|711311 silver jewellery|711319 gold jewellery|711320 clad jewellery|711620 jewellery of stones|711711 cuff-links|711719 metal imitation jewellery|711790 other imitation jewellery
732393 stainless steel kitchenware|741810 copper household articles|741980 other copper articles|830629 metal statuettes|830630 metal frames|821192 kitchen knives
901890 surgical instruments|901849 dental instruments|920290 string instruments|920590 wind instruments|920600 drums and percussion|920890 other musical instruments
940151 bamboo or rattan seats|940169 wooden seats|940350 wooden bedroom furniture|940360 other wooden furniture|940382 bamboo furniture|940490 cushions and quilts|940540 electric lamps
950300 toys|950430 coin games|950510 Christmas articles|960190 worked bone and shell|960200 carved vegetable material|960310 brooms of plant material|960610 buttons|961511 combs|961700 vacuum flasks|970121 paintings over 100 years|970191 paintings|970391 sculptures
"""
GOODS = {}
for _line in _GOODS.strip().splitlines():
    for _item in _line.split("|"):
        _code, _, _text = _item.strip().partition(" ")
        GOODS[_code] = _text

# Upholstered wooden furniture, kitchen cabinets and vanities: HTSUS chapter 99, subchapter III, U.S. note 37.
S232_WOOD = ["94016140", "94016160", "94034090", "94036080", "94039100"]

US_SYMBOLS = {
    "A": ("GSP", "US-GSP"), "A*": ("GSP", "US-GSP"), "AU": ("AUSFTA", "AU"), "BH": ("USBFTA", "BH"), "CL": ("USCFTA", "CL"),
    "CO": ("COTPA", "CO"), "D": ("AGOA", "US-AGOA"), "E": ("CBERA", "US-CBERA"), "E*": ("CBERA", "US-CBERA"),
    "IL": ("USILFTA", "IL"), "JO": ("USJFTA", "JO"), "JP": ("USJTA", "JP"), "KR": ("KORUS", "KR"), "MA": ("USMFTA", "MA"),
    "NP": ("NPTPA", "NP"), "OM": ("USOFTA", "OM"), "P": ("CAFTA-DR", "US-CAFTA-DR"), "P+": ("CAFTA-DR", "US-CAFTA-DR"),
    "PA": ("PATPA", "PA"), "PE": ("PTPA", "PE"), "S": ("USMCA", "CA MX"), "S+": ("USMCA", "CA MX"), "SG": ("USSFTA", "SG"),
}

# Programs that the starter pack carries; the official file has them all.
US_PROGRAMS = {"AGOA", "CBERA", "CAFTA-DR", "COTPA", "PTPA", "USMCA"}
US_ADDITIONAL_TOML = f'''
[pack]
title = "United States: additional duties by product (sections 122 and 232)"
market = "US"
checked_on = "{CHECKED}"
'''


def _market(code, name, basis, basis_law, currency, vat_base, extra="", pack="", complete_name=""):
    return f'''
[pack]
title = "{complete_name or name + ': starter rules'}"
market = "{code}"
starter = true
checked_on = "{CHECKED}"

[market]
code = "{code}"
name = "{name}"
basis = "{basis}"
basis_law = "{basis_law}"
currency = "{currency}"
vat_base = {vat_base}
{extra}
'''


def _group(name, members, law):
    listed = ", ".join(f'"{m}"' for m in members.split())
    return f'\n[[group]]\nname = "{name}"\nmembers = [{listed}]\nlaw = "{law}"\n'


def _agreement(program, name, law, valid_from="", valid_to="", url=""):
    days = "".join(f'{key} = "{day}"\n' for key, day in (("valid_from", valid_from), ("valid_to", valid_to)) if day)
    return f'\n[[agreement]]\nprogram = "{program}"\nname = "{name}"\nproof = "{program}"\nlaw = "{law}"\nurl = "{url}"\n{days}'


def _gap(code, text, first="", last=""):
    days = "".join(f'{key} = "{day}"\n' for key, day in (("from", first), ("to", last)) if day)
    return f'\n[[gap]]\ncode = "{code}"\ntext = "{text}"\n{days}'


_VAT = '["customs-value", "duty", "surcharge", "excise"]'
_EU_VAT = '["customs-value", "duty", "surcharge", "excise", "costs-after"]'

US_TOML = _market("US", "United States", "FOB", "19 U.S.C. 1401a(b)(4)(A)", "USD", "[]", '''members = ["US", "PR"]
basis_url = "https://www.law.cornell.edu/uscode/text/19/1401a"
round = "half-up"
round_law = "19 CFR 159.3"
rules_end = "2026-07-23"
formal_entry_above = "2500 USD"''') + _group(
    "US-AGOA", "AO BJ BW CV KM CG CI CD DJ SZ GM GH GN-none GW KE LS LR MG MW MR MU MZ NA NG RW ST SN SC SL ZA TZ TG ZM TD".replace("GN-none ", ""),
    "HTSUS General Note 16(a)") + _group(
    "US-GSP", "AF AL DZ AO AM AZ BJ BT BO BW BR BF KH CM CV TD KM CG CD CI DJ EC EG SV-none ER FJ GM GE GH".replace("SV-none ", "").replace("ER ", "") +
    " GW GY HT ID IQ JM JO KZ KE KI LB LS LR MG MW MV ML MR MU MD MN ME MZ MM NA NP NE NG MK PK PG PY PH RW WS ST SN RS SL SB SO ZA LK LC SR TZ TH TL TG TO TN TV UG UA UZ VU YE ZM ZW",
    "HTSUS General Note 4(a)") + _group(
    "US-CBERA", "AG AW BS BB BZ VG CW DM GD GY HT JM MS KN LC VC TT", "HTSUS General Note 7(a)") + _group(
    "US-CBTPA", "BB BZ CW GY HT JM LC TT", "HTSUS General Note 17(a)") + _group(
    "US-GSP-LDC", "AF AO BJ BT BF KH TD KM CD DJ GM GW HT KI LS LR MG MW ML MR MZ MM NP NE RW ST SN SL SB SO TZ TL TG TV UG VU YE ZM",
    "HTSUS General Note 4(b)(i)") + _group(
    "US-CAFTA-DR", "CR DO SV GT HN NI", "HTSUS General Note 29") + _agreement(
    "AGOA", "African Growth and Opportunity Act", "19 U.S.C. 3721; 19 U.S.C. 2466b", "2000-10-01", "2026-12-31",
    "https://www.law.cornell.edu/uscode/text/19/2466b") + _agreement(
    "GSP", "Generalized System of Preferences", "19 U.S.C. 2465", "1976-01-01", "2020-12-31",
    "https://www.law.cornell.edu/uscode/text/19/2465") + _agreement(
    "GSP-LDC", "Generalized System of Preferences, least developed", "19 U.S.C. 2465", "1976-01-01", "2020-12-31",
    "https://www.law.cornell.edu/uscode/text/19/2465") + _agreement(
    "CBERA", "Caribbean Basin Economic Recovery Act", "19 U.S.C. 2701", "1984-01-01") + _agreement(
    "CAFTA-DR", "Dominican Republic-Central America FTA", "19 U.S.C. 4001", "2006-03-01") + _agreement(
    "USMCA", "United States-Mexico-Canada Agreement", "19 U.S.C. 4501", "2020-07-01") + _agreement(
    "KORUS", "United States-Korea FTA", "19 U.S.C. 3805 note", "2012-03-15") + _agreement(
    "PTPA", "United States-Peru Trade Promotion Agreement", "19 U.S.C. 3805 note", "2009-02-01") + _agreement(
    "COTPA", "United States-Colombia Trade Promotion Agreement", "19 U.S.C. 3805 note", "2012-05-15") + _agreement(
    "NPTPA", "Nepal Trade Preference Program", "19 U.S.C. 4454", "2016-12-30", "2025-12-31") + _gap(
    "additional-duties-unknown", "Additional duties under the International Emergency Economic Powers Act were in force on this day; "
    "these books do not hold them, so the total is without them.", "2025-02-04", "2026-02-23")

_MPF = dict(market="US", kind="fee", program="MPF", url="https://www.ecfr.gov/current/title-19/section-24.23")
US_CHARGES = [
    dict(market="US", kind="surcharge", program="S122", duty="10%", excluded="CA MX", valid_from="2026-02-24", valid_to="2026-07-23",
         legal="HTSUS 9903.03.01; section 122, Trade Act of 1974", title="HTS 2026 rev 10, chapter 99", url="https://hts.usitc.gov/", confidence="official"),
    dict(market="US", kind="surcharge", program="S122", duty="10%", origins="CA", valid_from="2026-02-24", valid_to="2026-07-23", conditions="ask=9903.03.07",
         legal="HTSUS 9903.03.01 and 9903.03.07", title="HTS 2026 rev 10, chapter 99", url="https://hts.usitc.gov/", confidence="official"),
    dict(market="US", kind="surcharge", program="S122", duty="10%", origins="MX", valid_from="2026-02-24", valid_to="2026-07-23", conditions="ask=9903.03.08",
         legal="HTSUS 9903.03.01 and 9903.03.08", title="HTS 2026 rev 10, chapter 99", url="https://hts.usitc.gov/", confidence="official"),
    dict(duty="0.3464% MIN 32.71 USD MAX 634.62 USD", conditions="value>2500USD", valid_from="2024-10-01", valid_to="2025-09-30",
         legal="19 U.S.C. 58c(a)(9); 19 CFR 24.23(b)(1)(i)", title="CBP, customs user fees for fiscal year 2025", confidence="secondary", **_MPF),
    dict(duty="0.3464% MIN 33.58 USD MAX 651.50 USD", conditions="value>2500USD", valid_from="2025-10-01", valid_to="2026-09-30",
         legal="19 U.S.C. 58c(a)(9); 19 CFR 24.23(b)(1)(i)", title="CBP, customs user fees for fiscal year 2026", confidence="secondary", **_MPF),
    dict(duty="0.3464% MIN 33.58 USD MAX 651.50 USD", conditions="value>2500USD", valid_from="2026-10-01",
         legal="19 U.S.C. 58c(a)(9); 19 CFR 24.23(b)(1)(i)", title="figures of fiscal year 2026 carried on", confidence="assumed", **_MPF),
    dict(duty="2.62 USD", conditions="value<=2500USD", valid_from="2024-10-01", valid_to="2025-09-30", legal="19 CFR 24.23(b)(2)(i)(A)",
         title="CBP, customs user fees for fiscal year 2025", confidence="secondary", **_MPF),
    dict(duty="2.69 USD", conditions="value<=2500USD", valid_from="2025-10-01", valid_to="2026-09-30", legal="19 CFR 24.23(b)(2)(i)(A)",
         title="CBP, customs user fees for fiscal year 2026", confidence="secondary", **_MPF),
    dict(duty="2.69 USD", conditions="value<=2500USD", valid_from="2026-10-01", legal="19 CFR 24.23(b)(2)(i)(A)",
         title="figure of fiscal year 2026 carried on", confidence="assumed", **_MPF),
    dict(market="US", kind="fee", program="HMF", duty="0.125%", conditions="road=sea", legal="26 U.S.C. 4461; 19 CFR 24.24",
         title="Harbor maintenance fee", url="https://www.ecfr.gov/current/title-19/section-24.24", confidence="secondary"),
]

_LDC = ("AF AO BD BJ BF BI KH CF TD KM CD DJ ER ET GM GN GW HT KI LA LS LR MG MW ML MR MZ MM NP NE RW SN SL SB SO SS SD TZ TL TG TV UG YE ZM")
_EU_MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
EU_TOML = _market("EU", "European Union", "CIF", "Regulation (EU) No 952/2013, Articles 70 and 71(1)(e)", "EUR", _EU_VAT,
                  "members = [" + ", ".join(f'"{m}"' for m in _EU_MEMBERS.split()) + ']\nbasis_url = "https://eur-lex.europa.eu/eli/reg/2013/952/oj"\nround = "half-up"') + \
    _group("EU-EBA", _LDC, "Regulation (EU) No 978/2012, Annex IV") + _agreement(
    "EBA", "Everything But Arms", "Regulation (EU) No 978/2012, Articles 17 and 18", "2014-01-01", "2027-12-31",
    "https://eur-lex.europa.eu/eli/reg/2012/978/oj") + _agreement(
    "EU-KE", "EU-Kenya Economic Partnership Agreement", "Decision (EU) 2024/1648", "2024-07-01") + \
    _gap("vat-unknown-member", "", "1900-01-01", "1900-01-02")
EU_TOML = EU_TOML[:EU_TOML.rindex("\n[[gap]]")]
_SEE_MEMBER = dict(kind="vat", duty="See the law of the member state", confidence="official", title="VAT of the country of destination")
EU_CHARGES = [
    dict(market="EU", legal="Directive 2006/112/EC, articles 60 and 94", url="https://eur-lex.europa.eu/eli/dir/2006/112/oj", **_SEE_MEMBER),
    dict(market="EU", kind="preference", program="EBA", origins="EU-EBA", duty="0.00 %", valid_from="2014-01-01", valid_to="2027-12-31", conditions="proof=EBA",
         legal="Regulation (EU) No 978/2012, Article 18(1)", title="Everything But Arms", url="https://eur-lex.europa.eu/eli/reg/2012/978/oj", confidence="secondary"),
    dict(market="EU", kind="preference", program="EU-KE", origins="KE", duty="0.00 %", valid_from="2024-07-01", conditions="proof=EU-KE",
         legal="EU-Kenya EPA, Article 10", title="Economic Partnership Agreement with Kenya", url="https://eur-lex.europa.eu/eli/dec/2024/1648/oj", confidence="secondary"),
    dict(market="EU", hs="93", kind="preference", program="EBA", origins="EU-EBA", duty="see Annex to the regulation: arms are left out", valid_from="2014-01-01", conditions="proof=EBA",
         legal="Regulation (EU) No 978/2012, Article 18(1)", title="Everything But Arms", url="https://eur-lex.europa.eu/eli/reg/2012/978/oj", confidence="secondary"),
]

_GB_FOOD = "0409 0713 0801 0802 0804 0806 0813 0901 0902 0904 0905 0906 0907 0908 0909 0910 1207 1801 1803 1804 1805".split()
GB_TOML = _market("GB", "United Kingdom", "CIF", "Taxation (Cross-border Trade) Act 2018, section 16; Customs (Import Duty) Regulations 2018", "GBP", _EU_VAT,
                  'members = ["GB"]\nbasis_url = "https://www.legislation.gov.uk/ukpga/2018/22/section/16"\nround = "down"\nround_law = "HMRC, Notice 700, 17.5: round down"') + \
    _group("GB-LDC", _LDC, "Developing Countries Trading Scheme, comprehensive preferences for LDCs") + _agreement(
    "DCTS-LDC", "Developing Countries Trading Scheme, least developed", "Trade Preference Scheme (Developing Countries Trading Scheme) Regulations 2023", "2023-06-19",
    url="https://www.legislation.gov.uk/uksi/2023/561") + _agreement("GB-KE", "UK-Kenya Economic Partnership Agreement", "UK Treaty Series, in force 2021", "2021-03-22")
GB_CHARGES = [
    dict(market="GB", kind="preference", program="DCTS-LDC", origins="GB-LDC", duty="0.00 %", valid_from="2023-06-19", conditions="proof=DCTS-LDC", legal="SI 2023/561, Schedule 2",
         title="Developing Countries Trading Scheme", url="https://www.legislation.gov.uk/uksi/2023/561", confidence="secondary"),
    dict(market="GB", kind="preference", program="GB-KE", origins="KE", duty="0.00 %", valid_from="2021-03-22", conditions="proof=GB-KE", legal="UK-Kenya EPA, Article 7",
         title="Economic Partnership Agreement with Kenya", url="https://www.gov.uk/government/collections/uk-kenya-economic-partnership-agreement", confidence="secondary"),
    dict(market="GB", hs="93", kind="preference", program="DCTS-LDC", origins="GB-LDC", duty="see the scheme: arms are left out", valid_from="2023-06-19", conditions="proof=DCTS-LDC",
         legal="SI 2023/561, Schedule 2", title="Developing Countries Trading Scheme", url="https://www.legislation.gov.uk/uksi/2023/561", confidence="secondary"),
    dict(market="GB", kind="vat", duty="20%", valid_from="2011-01-04", legal="Value Added Tax Act 1994, section 2", title="VAT, standard rate",
         url="https://www.legislation.gov.uk/ukpga/1994/23/section/2", confidence="official"),
] + [dict(market="GB", hs=hs, kind="vat", duty="0%", legal="Value Added Tax Act 1994, Schedule 8, Group 1", title="VAT, zero rate for food",
          url="https://www.legislation.gov.uk/ukpga/1994/23/schedule/8", confidence="secondary") for hs in _GB_FOOD]

AU_TOML = _market("AU", "Australia", "FOB", "Customs Act 1901, sections 159 and 161", "AUD", '["customs-value", "duty", "freight", "insurance"]',
                  'members = ["AU"]\nbasis_url = "https://www.legislation.gov.au/C1901A00006/latest"\nround = "half-up"\nvat_name = "GST"') + \
    _group("AU-LDC", _LDC, "Customs Tariff Act 1995, Schedule 1, Part 2") + _agreement("AU-LDC", "Least developed countries", "Customs Tariff Act 1995, section 13", "2003-07-01")
AU_CHARGES = [
    dict(market="AU", kind="preference", program="AU-LDC", origins="AU-LDC", duty="Free", valid_from="2003-07-01", conditions="proof=AU-LDC", legal="Customs Tariff Act 1995, sections 13 and 18",
         title="Least developed countries preference", url="https://www.legislation.gov.au/C2004A04997/latest", confidence="secondary"),
    dict(market="AU", kind="vat", duty="10%", valid_from="2000-07-01", legal="A New Tax System (Goods and Services Tax) Act 1999, section 13-20", title="Goods and services tax",
         url="https://www.legislation.gov.au/C2004A00446/latest", confidence="official"),
] + [dict(market="AU", hs=hs, kind="vat", duty="0%", legal="GST Act 1999, sections 13-10 and 38-3", title="GST-free food", url="https://www.legislation.gov.au/C2004A00446/latest",
          confidence="secondary") for hs in "0409 0901 0902 0904 0905 0906 0907 0908 0909 0910".split()]

ECOWAS_TOML = _market("ECOWAS", "ECOWAS customs union", "CIF", "ECOWAS Customs Code, Regulation C/REG.4/12/17", "XOF", "[]",
                      'members = ["BJ", "CV", "CI", "GM", "GH", "GN", "GW", "LR", "NG", "SN", "SL", "TG"]\nround = "half-up"')

# Those that began to trade under it; others follow as they gazette their schedules.
ECOWAS_TOML += _group("AFCFTA", "CM DZ EG GH KE MU RW TN TZ ZA", "AfCFTA Guided Trade Initiative, 2022 to 2024") + _agreement(
    "AFCFTA", "African Continental Free Trade Area", "AfCFTA Protocol on Trade in Goods", "2021-01-01")
ECOWAS_CHARGES = [dict(market="ECOWAS", legal="national law", url="https://ecowas.int/", **_SEE_MEMBER)]


def _national(code, name, part_of, currency, extra=""):
    return f'''
[pack]
title = "{name}: taxes at import"
market = "{code}"
checked_on = "{CHECKED}"

[market]
code = "{code}"
name = "{name}"
part_of = "{part_of}"
members = ["{code}"]
currency = "{currency}"
{extra}
'''


def _vats(market, rows):
    return [dict(market=market, hs=hs, kind="vat", duty=duty, legal=legal, title=title, url=url, valid_from=first, confidence=confidence)
            for hs, duty, legal, title, url, first, confidence in rows]


_USTG = "https://www.gesetze-im-internet.de/ustg_1980/"
_CGI = "https://www.legifrance.gouv.fr/codes/texte_lc/LEGITEXT000006069577"
_OB = "https://wetten.overheid.nl/BWBR0002629"
_FOOD = "0409 0713 0801 0802 0804 0806 0813 0901 0902 0903 0904 0905 0906 0907 0908 0909 0910 1207 1801 1803 1804 1805 1806 2007 2008 2103".split()
DE = _vats("DE", [("", "19%", "UStG § 12 Abs. 1", "Umsatzsteuer, standard rate", _USTG, "2021-01-01", "official")] +
           [(hs, "7%", "UStG § 12 Abs. 2 Nr. 1, Anlage 2", "Umsatzsteuer, reduced rate", _USTG, "2021-01-01", "secondary")
            for hs in _FOOD + ["0603", "970121", "970191", "970391"]])
DE += [dict(market="DE", hs=hs, kind="excise", program="Kaffeesteuer", duty=duty, legal="KaffeeStG § 2", title="Kaffeesteuergesetz, coffee tax",
            url="https://www.gesetze-im-internet.de/kaffeestg_2009/", valid_from="2010-04-01", confidence="official")
       for hs, duty in (("090121", "2.19 EUR / kg"), ("090122", "2.19 EUR / kg"), ("21011100", "4.78 EUR / kg"))]
FR = _vats("FR", [("", "20%", "CGI, article 278", "TVA, standard rate", _CGI, "2014-01-01", "official")] +
           [(hs, "5.5%", "CGI, article 278-0 bis A", "TVA, reduced rate for food", _CGI, "2014-01-01", "secondary")
            for hs in _FOOD if hs != "1806"] + [("0603", "10%", "CGI, article 278 bis", "TVA, intermediate rate", _CGI, "2014-01-01", "secondary")])
NL = _vats("NL", [("", "21%", "Wet op de omzetbelasting 1968, artikel 9", "BTW, standard rate", _OB, "2012-10-01", "official")] +
           [(hs, "9%", "Wet op de omzetbelasting 1968, tabel I", "BTW, reduced rate", _OB, "2019-01-01", "secondary") for hs in _FOOD + ["0603"]])
NG = _vats("NG", [("", "7.5%", "Finance Act 2019; VAT Act, section 4", "Value added tax", "https://www.firs.gov.ng/", "2020-02-01", "secondary")]) + [
    dict(market="NG", kind="fee", program="ETLS", duty="0.5%", legal="ECOWAS Protocol A/P1/7/96, community levy", title="ECOWAS community levy", url="https://customs.gov.ng/",
         confidence="secondary")]


def _rates(market, law, title, url, pairs, confidence="secondary", first="2022-07-01"):
    rows = []
    for duty, codes in pairs:
        rows += [dict(market=market, hs=hs, kind="third-country", duty=duty, legal=law, title=title, url=url, valid_from=first, confidence=confidence)
                 for hs in codes.split()]
    return rows


_GARMENTS = "6101 6102 6103 6104 6105 6106 6107 6108 6109 6110 6111 6201 6202 6203 6204 6205 6206 6207 6208 6209 6211"
KE = _rates("KE", "EAC Common External Tariff 2022, First Schedule", "EAC Common External Tariff 2022", "https://www.eac.int/documents/category/eac-common-external-tariff",
            [("35%", _GARMENTS), ("25%", "090121 090122"), ("0%", "901890")]) + [
    dict(market="KE", kind="fee", program="IDF", duty="2.5%", valid_from="2023-07-01", legal="Miscellaneous Fees and Levies Act, section 7; Finance Act 2023", title="Import declaration fee",
         url="https://www.kra.go.ke/", confidence="secondary"),
    dict(market="KE", kind="fee", program="RDL", duty="2%", valid_from="2024-12-27", legal="Miscellaneous Fees and Levies Act, section 8; Tax Laws (Amendment) Act 2024", title="Railway development levy",
         url="https://www.kra.go.ke/", confidence="secondary")] + _vats(
    "KE", [("", "16%", "Value Added Tax Act 2013, section 5", "Value added tax", "https://www.kra.go.ke/", "2021-01-01", "secondary")])
ZA = _rates("ZA", "Customs and Excise Act 91 of 1964, Schedule 1 Part 1", "South African tariff book", "https://www.sars.gov.za/", [("45%", _GARMENTS)], first="2010-01-01") + _vats(
    "ZA", [("", "15%", "Value-Added Tax Act 89 of 1991, sections 7(1)(b) and 13(2)", "Value-added tax", "https://www.sars.gov.za/", "2018-04-01", "official")])
CN = _rates("CN", "Customs Tariff of the People's Republic of China", "China customs tariff", "http://www.customs.gov.cn/",
            [("8%", "090111 090112 180100"), ("15%", "090121 090122 090210 090220 090230 090240 040900")], first="2018-11-01") + _vats(
    "CN", [("", "13%", "Announcement of MOF, STA and GAC No. 39 of 2019", "Value-added tax", "http://www.chinatax.gov.cn/", "2019-04-01", "secondary")] +
    [(hs, "9%", "Announcement of MOF, STA and GAC No. 39 of 2019", "Value-added tax, agricultural products", "http://www.chinatax.gov.cn/", "2019-04-01", "secondary")
     for hs in "0409 090111 0902 0904 0905 0906 0907 0908 0909 0910 1801".split()])
JP = _rates("JP", "Customs Tariff Act, Annexed Table", "Japan's tariff schedule", "https://www.customs.go.jp/english/tariff/", [("Free", "090111 090112 180100"), ("12%", "090121 090122")],
            first="2010-01-01") + _vats("JP", [("", "10%", "Consumption Tax Act, article 29; Local Tax Act", "Consumption tax, national and local", "https://www.nta.go.jp/", "2019-10-01", "secondary")] +
                                        [(hs, "8%", "Consumption Tax Act, reduced rate", "Consumption tax, reduced rate for food", "https://www.nta.go.jp/", "2019-10-01", "secondary")
                                         for hs in _FOOD])
IN = _rates("IN", "Customs Tariff Act 1975, First Schedule", "Customs tariff of India", "https://www.cbic.gov.in/", [("100%", "090111 090112 090121 090122 090210 090220 090230 090240"), ("60%", "040900")],
            first="2018-04-01") + [
    dict(market="IN", kind="surcharge", program="SWS", duty="10%", conditions="base=duty", valid_from="2018-02-02", legal="Finance Act 2018, section 110", title="Social welfare surcharge",
         url="https://www.cbic.gov.in/", confidence="official")] + _vats(
    "IN", [(hs, "5%", "Integrated GST Act 2017, section 5; Customs Tariff Act 1975, section 3(7)", "Integrated GST", "https://www.cbic.gov.in/", "2017-07-01", "secondary")
           for hs in "0409 090121 0902".split()])
CA = _rates("CA", "Customs Tariff (S.C. 1997, c. 36), Schedule", "Customs Tariff of Canada", "https://www.cbsa-asfc.gc.ca/trade-commerce/tariff-tarif/",
            [("Free", "090111 090112 090121 090122 090230 090240 180100"), ("18%", "610910 610462 611020 620342 620462")], first="2012-01-01") + _vats(
    "CA", [("", "5%", "Excise Tax Act, section 212", "Goods and services tax", "https://laws-lois.justice.gc.ca/eng/acts/E-15/", "2008-01-01", "official")])
AE = _rates("AE", "GCC Common Customs Law, unified tariff", "GCC unified customs tariff", "https://www.fca.gov.ae/", [("5%", _GARMENTS + " 4202 4203 4602 6403 6912 6913 5701 5702")], first="2017-01-01") + _vats(
    "AE", [("", "5%", "Federal Decree-Law No. 8 of 2017, article 3", "Value added tax", "https://tax.gov.ae/", "2018-01-01", "official")])

BY_HAND = [
    ("de-taxes", _national("DE", "Germany", "EU", "EUR"), DE),
    ("fr-taxes", _national("FR", "France", "EU", "EUR"), FR),
    ("nl-taxes", _national("NL", "Netherlands", "EU", "EUR"), NL),
    ("ng-taxes", _national("NG", "Nigeria", "ECOWAS", "NGN", f"vat_base = {_VAT}") + _gap(
        "levies-unsettled", "Nigeria replaced its inspection charge and surcharge after the Customs Service Act 2023; sources disagree on what is collected, so these books leave both out."), NG),
    ("ke-starter", _market("KE", "Kenya", "CIF", "EACCMA 2004, Fourth Schedule", "KES", _VAT, 'members = ["KE"]'), KE),
    ("za-starter", _market("ZA", "South Africa", "FOB", "Customs and Excise Act 91 of 1964, sections 65 to 67", "ZAR", _VAT, 'members = ["ZA"]\nvat_uplift = "10"'), ZA),
    ("cn-starter", _market("CN", "China", "CIF", "Customs Law of the People's Republic of China, article 55", "CNY", _VAT, 'members = ["CN"]'), CN),
    ("jp-starter", _market("JP", "Japan", "CIF", "Customs Tariff Act, article 4", "JPY", _VAT, 'members = ["JP"]\nround = "down"\namount_step = "100"\nvalue_step = "1000"\nround_law = "National Tax General Rules Act, articles 118 and 119"'), JP),
    ("in-starter", _market("IN", "India", "CIF", "Customs Act 1962, section 14; Customs Valuation Rules 2007", "INR", _VAT, 'members = ["IN"]\namount_step = "1"'), IN),
    ("ca-starter", _market("CA", "Canada", "FOB", "Customs Act (R.S.C. 1985, c. 1), section 48", "CAD", _VAT, 'members = ["CA"]'), CA),
    ("ae-starter", _market("AE", "United Arab Emirates", "CIF", "GCC Common Customs Law, article 27 and rules of implementation", "AED", _VAT, 'members = ["AE"]'), AE),
]
