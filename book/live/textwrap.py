"""`fill` and `dedent`."""


def wrap(text, width=70, initial_indent="", subsequent_indent=""):
    lines, line = [], initial_indent
    empty = True
    for word in text.split():
        if not empty and len(line) + 1 + len(word) > width:
            lines.append(line)
            line, empty = subsequent_indent, True
        line, empty = line + ("" if empty else " ") + word, False
    return lines if empty else lines + [line]


def fill(text, width=70, initial_indent="", subsequent_indent=""):
    return "\n".join(wrap(text, width, initial_indent, subsequent_indent))


def dedent(text):
    lines = text.split("\n")
    depths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    depth = min(depths) if depths else 0
    return "\n".join([line[depth:] if line.strip() else "" for line in lines])
