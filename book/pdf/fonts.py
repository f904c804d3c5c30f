#!/usr/bin/env python3
"""Make one static text face, as the PDF embeds it, from the variable
Source Serif 4 of npm.   usage: fonts.py FILES-DIR OUT/Text-Regular.ttf

The npm package splits each style by script; a face here is Latin, Latin
extended and Greek put together again. Source is a reserved font name, so the
made faces carry another: they live in build/ and are embedded, never shipped.
"""
import os
import sys
import tempfile

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FACES = {                 # name: style, weight, optical size
    'Text-Regular':    ('normal', 400, 11),
    'Text-Italic':     ('italic', 400, 11),
    'Text-Bold':       ('normal', 650, 11),
    'Text-BoldItalic': ('italic', 650, 11),
    'Note-Regular':    ('normal', 400, 8),
    'Note-Italic':     ('italic', 400, 8),
    'Note-Bold':       ('normal', 650, 8),
    'Head-Regular':    ('normal', 600, 24),
    'Head-Italic':     ('italic', 600, 24),
    'Display-Regular': ('normal', 360, 60),
}
SCRIPTS = ('latin', 'latin-ext', 'greek')


def face(files, style, weight, size):
    parts = []
    with tempfile.TemporaryDirectory() as work:
        for script in SCRIPTS:
            name = f'source-serif-4-{script}-opsz-{style}.woff2'
            font = TTFont(os.path.join(files, name))
            font = instantiateVariableFont(
                font, {'wght': weight, 'opsz': size}, inplace=True)
            font.flavor = None
            for tag in ('STAT', 'DSIG', 'MVAR', 'meta'):
                if tag in font:
                    del font[tag]
            parts.append(os.path.join(work, script + '.ttf'))
            font.save(parts[-1])
        return Merger(options=Options(drop_tables=['vhea', 'vmtx'])).merge(parts)


def rename(font, name):
    family, style = 'Tinytorch ' + name.split('-')[0], name.split('-')[1]
    names = {1: family, 2: style, 4: f'{family} {style}',
             6: f'Tinytorch{name}', 16: family, 17: style}
    table = font['name']
    table.names = [n for n in table.names if n.nameID in (0, 5, 13, 14)]
    for number, text in names.items():
        table.setName(text, number, 3, 1, 0x409)


def main(files, out):
    name = os.path.splitext(os.path.basename(out))[0]
    font = face(files, *FACES[name])
    rename(font, name)
    font.save(out)


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
