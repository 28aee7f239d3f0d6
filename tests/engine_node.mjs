// Runs programs in the page's Python under Node. Reads from standard input
// {files: {path: text}, programs: [text, …], rounds: n}; writes [{text, fault, seconds}, …]: what
// each printed, how it ended, and the shortest of its n rounds.
import { readFileSync } from "node:fs";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";

const { files, programs, rounds = 1 } = JSON.parse(readFileSync(0, "utf8"));
const bytes = [];
const engine = await loadMicroPython({
  heapsize: 2 ** 22,
  pystack: 2 ** 16,
  linebuffer: false,
  stdout: (piece) => bytes.push(...piece),
  stderr: (piece) => bytes.push(...piece),
});
for (const [path, text] of Object.entries(files)) {
  engine.FS.mkdirTree(`/lib/${path}`.replace(/\/[^/]*$/, ""));
  engine.FS.writeFile(`/lib/${path}`, text);
}
engine.runPython("import missing");
const answers = programs.map((program) => {
  let fault = "", seconds = Infinity;
  engine.FS.writeFile("/program.py", program);
  for (let round = 0; round < rounds; round++) {
    bytes.length = 0;
    const begun = performance.now();
    try {
      engine.runPython(
        'missing.TEXTS["__main__"] = missing.TEXTS["cell.py"] = open("/program.py").read()\n' +
          'exec(compile(missing.TEXTS["cell.py"], "cell.py", "exec"), {"__name__": "__main__"})',
      );
    } catch (error) {
      fault = error.message;
    }
    seconds = Math.min(seconds, (performance.now() - begun) / 1000);
  }
  return { text: new TextDecoder().decode(new Uint8Array(bytes)), fault, seconds };
});
process.stdout.write(JSON.stringify(answers));
