#!/usr/bin/env python3
"""How much of the official tariff files is read.

    duty_shares_test.py [--list] [CHECKER [DATA]]

Sends every rate of the files in DATA (else $ALLROADS_SHARED_DATA, else shared/data beside the clone)
through CHECKER (else duty_check of the build). Fails where a share falls below what docs/duty-texts.md
promises, or where a print is not read back as the same tree. With --list it also prints what is left, one
line a text. Says that it skips where the files are absent.
"""

import collections
import csv
import gzip
import io
import json
import lzma
import os
import pathlib
import subprocess
import sys
import tarfile
import zipfile
from xml.etree import ElementTree

SOURCE = pathlib.Path(__file__).resolve().parent.parent


def us_rates(path, column):
    with gzip.open(path) as file:
        return [row.get(column) or '' for row in json.load(file)]


def cn8_rates(path, column):
    with lzma.open(path) as file:
        return [row[column] for row in next(iter(json.load(file).values()))]


def uk_components(path):
    names = (
        'duty_expression_id',
        'duty_amount',
        'monetary_unit_code',
        'measurement_unit_code',
        'measurement_unit_qualifier_code',
    )
    with lzma.open(path, 'rt', encoding='utf-8-sig') as file:
        measures = collections.defaultdict(list)
        for row in csv.DictReader(file):
            fields = [row[name].strip() for name in names]
            measures[row['goods_nomenclature_item_id'], row['measure_sid']].append(','.join(fields))
    return [';'.join(sorted(parts)) for parts in measures.values()]


def uk_sentences(path):
    rates = []

    def walk(item):
        if isinstance(item, dict):
            if item.get('type') == 'duty_expression' and 'attributes' in item:
                rates.append(item['attributes'].get('base') or '')
            for value in item.values():
                walk(value)
        elif isinstance(item, list):
            for value in item:
                walk(value)

    with tarfile.open(path) as archive:
        for member in archive.getmembers():
            if member.name.endswith('.json'):
                walk(json.load(archive.extractfile(member)))
    return rates


def taric_components(path):
    names = (
        'duty.expression.id',
        'duty.amount',
        'monetary.unit.code',
        'measurement.unit.code',
        'measurement.unit.qualifier.code',
    )
    duties = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            measures = collections.defaultdict(dict)
            for element in ElementTree.fromstring(archive.read(name)).iter():
                tag = element.tag.rpartition('}')[2]
                if tag not in ('measure.component', 'measure.condition.component'):
                    continue
                fields = {child.tag.rpartition('}')[2]: child.text or '' for child in element}
                owner = tag, fields.get('measure.sid') or fields.get('measure.condition.sid')
                # One component of each expression: a later record of the same one replaces it.
                part = [fields.get(field, '') for field in names]
                measures[owner][part[0]] = ','.join(part)
            duties += [';'.join(parts[key] for key in sorted(parts)) for parts in measures.values()]
    return duties


def australian_rates(path):
    with lzma.open(path) as file:
        sections = json.load(file)
    return [
        line['dutyRate']
        for section in sections
        for chapter in section['chapters']
        for heading in chapter['headings']
        for line in heading['classifications']
    ]


def australian_agreements(path):
    with lzma.open(path) as file:
        return [row['dutyRate'] for rows in json.load(file).values() for row in rows]


def sources(data):
    """(title, dialect, share of lines promised in per cent, rates)."""
    hts = data / 'us-hts'
    promised = {'general': 99.5, 'special': 99.0, 'other': 99.0}
    for path in sorted(hts.glob('hts_*.json.gz'), reverse=True):
        for column, share in promised.items():
            dialect = 'special' if column == 'special' else 'american'
            yield f'US {path.name[4:-8]} {column}', dialect, share, us_rates(path, column)
    cn8 = data / 'eu-cn8'
    for column in ('cet_duty_rate', 'ukgt_duty_rate'):
        yield f'CN8 2020 {column}', 'european', 100.0, cn8_rates(cn8 / 'ukgt_vs_cet_cn8_2020.json.xz', column)
    components = uk_components(cn8 / 'mfn_analysis_components_2019.csv.xz')
    yield 'UK 2019 components', 'components', 100.0, components
    sentences = uk_sentences(next((data / 'uk-commodity').glob('*.tar.xz')))
    yield 'UK API sentences', 'european', 100.0, sentences
    messages = taric_components(data / 'taric-xml/TGB18241_to_5.zip')
    yield 'TARIC3 2018 components', 'components', 100.0, messages
    yield 'AU schedule', 'schedule', 99.5, australian_rates(data / 'au/tariff-schedule3.json.xz')
    yield 'AU agreements', 'schedule', 97.5, australian_agreements(data / 'au/tariff-schedules-fta.json.xz')


def read_all(checker, dialect, texts):
    one_line = {ord('\n'): ' ', ord('\r'): ' '}
    lines = ''.join(f'{dialect}\t{text.translate(one_line)}\n' for text in texts)
    run = subprocess.run([checker], input=lines, capture_output=True, encoding='utf-8', check=False)
    answers = [line.split('\t', 1) for line in run.stdout.split('\n')[:-1]]
    return run, answers


def main(arguments):
    listing = '--list' in arguments
    paths = [argument for argument in arguments if not argument.startswith('--')]
    build = pathlib.Path(os.environ.get('ALLROADS_BUILD', SOURCE / 'build/release'))
    checker = pathlib.Path(paths[0]) if paths else build / 'duty_check'
    data = pathlib.Path(
        paths[1] if len(paths) > 1 else os.environ.get('ALLROADS_SHARED_DATA', SOURCE / '../shared/data')
    )
    if not (data / 'us-hts').is_dir():
        print(f'skipped: no official files in {data}')
        return 0
    if not checker.is_file():
        print(f'no checker at {checker}')
        return 1
    failures = 0
    print(f'{"file":<28}{"lines":>8}{"read":>10}{"distinct":>10}{"read":>10}')
    for title, dialect, promised, rates in sources(data):
        counts = collections.Counter(rate for rate in rates if rate.replace('\u200b', '').strip())
        run, answers = read_all(checker, dialect, counts)
        if run.returncode != 0 or len(answers) != len(counts):
            print(f'{title}: {run.stderr.strip() or "the checker stopped early"}')
            failures += 1
            continue
        left = [text for text, answer in zip(counts, answers) if answer[0] != 'ok']
        lines = sum(counts.values())
        share = 100 * (lines - sum(counts[text] for text in left)) / lines
        distinct = 100 * (len(counts) - len(left)) / len(counts)
        print(f'{title:<28}{lines:>8}{share:>9.3f}%{len(counts):>10}{distinct:>9.2f}%')
        if share < promised:
            print(f'  below the promised {promised} %')
            failures += 1
        if listing:
            for text in left:
                print(f'    {counts[text]} {text!r}')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
