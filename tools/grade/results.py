"""results: what export and feedback read of GRADES and the kit."""
import importlib.machinery, importlib.util, os, sys


def load(name):
    """A program of this folder as a module."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


clean = load('clean').clean


def table(path):
    try:
        with open(path, encoding='utf-8', errors='replace', newline='\n') as f:
            return [clean(line.rstrip('\n')).split('\t') for line in f]
    except FileNotFoundError:
        return []


def unescape(text):
    out, parts = [], iter(text)
    for c in parts:
        if c == '\\':
            c = next(parts, '')
            c = {'n': '\n', 't': '    '}.get(c, c)
        out.append(c)
    return ''.join(out)


class Row:
    """One exercise of one student, with what a human gave."""
    def __init__(self, row, title, given):
        row = (row + [''] * 10)[:10]
        self.exercise, _, points, most, self.state, _, _, self.flag, self.test, text = row
        self.title, self.most = title, float(most)
        self.comment = given[1] if given else ''
        self.by_hand = given is not None
        self.points = float(given[0]) if given else float(points)
        self.text = unescape(text)
        self.waits = self.state in ('todo', 'missing', 'manual')


class Student:
    def __init__(self, grades, total, titles, given):
        total = (total + [''] * 8)[:8]
        self.id, raw, penalty, final, most, self.flags, self.note, self.name = total
        self.raw, self.penalty, self.final, self.most = map(float, (raw, penalty, final, most))
        self.dir = os.path.join(grades, 'results', self.id)
        self.rows = [Row(r, titles.get(r[0], ''), given.get((self.id, r[0])))
                     for r in table(os.path.join(self.dir, 'rows.tsv'))]


def students(grades, kit):
    totals = table(os.path.join(grades, 'totals.tsv'))
    if not totals:
        print('grade: nothing is graded in %s: make grade SUBMISSIONS=dir' % grades,
              file=sys.stderr)
        sys.exit(2)
    titles = {r[0]: r[3] for r in table(os.path.join(kit, 'exercises.tsv'))}
    given = {(r[0], r[1]): (r[2], (r + [''])[3]) for r in table(os.path.join(grades, 'manual.tsv'))
             if len(r) > 2 and not r[0].startswith('#')}
    return [Student(grades, t, titles, given) for t in totals]
