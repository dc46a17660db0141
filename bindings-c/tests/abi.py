"""What compiled programs rely on: exported functions with their versions and types, callbacks, handles, numbers.

    abi.py check LIBRARY HEADER     compares it with abi/<SONAME>.txt; differences fail
    abi.py write LIBRARY HEADER     writes that file, unless programs built before would break

The declarations are read by pycparser, the symbols by nm and readelf. A function that goes, or changes, or an
enum value or a struct that changes, needs a new SONAME (build.rs, ABI_VERSION in src/lib.rs); but a struct whose
first field is its size may grow at its end. A new function needs a place in abi/libbrevo.map under the version of
the package that is being made.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from pycparser import c_ast, c_generator, c_parser

HERE = Path(__file__).resolve().parents[1]
NUMBERS = {
    "stddef.h": "typedef unsigned long size_t;\n",
    "stdint.h": "typedef unsigned char uint8_t; typedef unsigned uint32_t;\n"
    "typedef unsigned long uint64_t; typedef long int64_t;\n",
}


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def declarations(header: Path) -> list[c_ast.Node]:
    """Of the header alone: the system's types stand as they are on 64-bit machines."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in NUMBERS.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        flags = ("-E", "-P", "-nostdinc", "-DBREVO_NO_OPERATIONS", "-I", folder)
        text = run("gcc", *flags, "-x", "c", header)
    return c_parser.CParser().parse(text).ext


class WithoutNames(c_ast.NodeVisitor):
    """Parameters may be renamed."""

    def visit_FuncDecl(self, node: c_ast.FuncDecl) -> None:
        for parameter in node.args.params if node.args else ():
            parameter.name = None
            inner = parameter.type
            while not isinstance(inner, c_ast.TypeDecl):
                inner = inner.type
            inner.declname = None
        self.generic_visit(node)


def lines_of(header: Path, symbols: dict[str, str]) -> list[str]:
    text = c_generator.CGenerator()
    lines = []
    for node in declarations(header):
        WithoutNames().visit(node)
        kind = node.type.type if isinstance(node, c_ast.Typedef) else None
        if isinstance(kind, c_ast.Enum):
            number = 0
            for value in kind.values.enumerators:
                number = int(value.value.value) if value.value else number + 1
                lines.append(f"enum {node.name}: {value.name} = {number}")
        elif isinstance(kind, c_ast.Struct):
            fields = "".join(f" {text.visit(field)};" for field in kind.decls or ())
            lines.append(f"struct {node.name}:{fields or ' opaque'}")
        elif isinstance(node, c_ast.Typedef) and node.name.startswith("brevo_"):
            lines.append(f"type {text.visit(node)}")
        elif isinstance(node, c_ast.Decl) and node.name:
            lines.append(f"function {symbols.pop(node.name, '(missing)')} {text.visit(node)}")
    lines += [f"function {version} {name} (not declared)" for name, version in symbols.items()]
    return sorted(lines)


def soname(library: Path) -> str:
    found = re.search(r"soname: \[(.+)\]", run("readelf", "-d", library))
    return found[1] if found else "(none)"


def symbols(library: Path) -> dict[str, str]:
    found = re.findall(r"^\w+ [TDBRW] (\w+)@@(\S+)$", run("nm", "-D", "--defined-only", library), re.M)
    return dict(found)


def main(action: str, library: Path, header: Path) -> int:
    name = soname(library)
    listing = HERE / "abi" / f"{name}.txt"
    fresh = lines_of(header, symbols(library))
    number = re.search(r"#define BREVO_ABI_VERSION (\d+)", header.read_text(encoding="utf-8"))
    if not number or name != f"libbrevo.so.{number[1]}":
        print(f"the SONAME {name} and BREVO_ABI_VERSION differ")
        return 1
    before = listing.read_text(encoding="utf-8").splitlines() if listing.exists() else []
    new = [x for x in fresh if x not in before]
    # A struct that tells its size may grow at its end.
    grown = [x for x in before if ": size_t size;" in x and any(y.startswith(x) for y in new)]
    gone = [x for x in before if x not in fresh and x not in grown]
    for line in gone:
        print(f"- {line}")
    for line in new:
        print(f"+ {line}")
    if action == "check":
        if gone:
            print("programs built before would break: a new SONAME is needed (see this script)")
        elif new:
            print(f"new: make -C bindings-c abi writes {listing.relative_to(HERE.parent)}")
        return 1 if gone or new else 0
    version = re.search(r'#define BREVO_VERSION "(\d+\.\d+)', header.read_text(encoding="utf-8"))
    late = [x for x in new if x.startswith("function") and version and f" BREVO_{version[1]} " not in x]
    if before and (gone or late):
        print("refused: see the head of this script")
        return 1
    listing.write_text("".join(f"{line}\n" for line in fresh), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
