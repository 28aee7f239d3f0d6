// The page's Python, in a worker of its own. The first message brings the engine, each later one a
// cell; what the cell prints goes back as it comes, and at last what went wrong, if anything did.
const MOST = 20000;
const decoder = new TextDecoder();
let python, bytes, printed, sent;
console.error = () => {}; // where MicroPython complains, beside what it raises

function print(piece) {
  printed += piece.length;
  if (printed > MOST) return;
  bytes.push(...piece);
  if (bytes.length > 2000 || performance.now() - sent > 100) send();
}

function send() {
  if (bytes.length) postMessage({ text: decoder.decode(new Uint8Array(bytes), { stream: true }) });
  [bytes, sent] = [[], performance.now()];
}

async function start({ wasm, files }) {
  const packed = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const load = await startEngine();
  const engine = await load({
    wasm: await new Response(stream).arrayBuffer(),
    heapsize: 2 ** 22,
    pystack: 2 ** 16,
    linebuffer: false,
    stdout: print,
    stderr: print,
  });
  for (const [path, text] of Object.entries(files)) {
    engine.FS.mkdirTree(`/lib/${path}`.replace(/\/[^/]*$/, ""));
    engine.FS.writeFile(`/lib/${path}`, text);
  }
  python = engine.pyimport("run_cell");
}

function run({ code, setup = "" }) {
  [bytes, printed, sent] = [[], 0, performance.now()];
  const fault = python.run(code, setup);
  send();
  const cut = printed > MOST;
  const full = /^MemoryError/m.test(fault);
  postMessage({ done: true, fault, cut, full, html: python.shown() });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.wasm) await start(data);
    else run(data);
    if (data.wasm) {
      postMessage({ ready: true });
      python.run("import numpy, unrolled.gradcheck"); // before they are asked for
    }
  } catch (error) {
    postMessage({ done: true, full: true, fault: `Python broke down here: ${error.message}` });
  }
};
