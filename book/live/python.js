// Python on the page, for whatever runs it: one worker, one text after the other.
//   pagePython.warm()             begins to load the engine
//   pagePython.run(code, print, more)  a promise of what went wrong, in words; "" if nothing did;
//                                 more: {setup: what runs before it, show: gets its value's HTML}
//   pagePython.stop()             ends what runs
globalThis.pagePython = (() => {
  const { src, dataset } = document.currentScript;
  const packs = dataset.packs?.split(" ") ?? []; // more modules, which this page's cells import
  let starting, worker, running;
  let last = Promise.resolve();

  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`live-${name}.js`, src);
      script.onload = resolve;
      script.onerror = () => reject(Error(`Python could not be loaded: live-${name}.js is missing.`));
      document.head.append(script);
    });

  async function begin() {
    if (!globalThis.liveEngine) await load("engine");
    while (packs.length) {
      await load(packs[0]);
      packs.shift();
    }
    const { script, wasm, files } = liveEngine;
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.ready ? resolve() : reject(Error(data.fault)));
      worker.onerror = (event) => reject(Error(`Python broke down: ${event.message}`));
      worker.postMessage({ wasm, files });
    });
  }

  function drop() {
    worker?.terminate();
    worker = starting = undefined;
  }

  const ready = () =>
    (starting ??= begin().catch((error) => {
      drop();
      throw error;
    }));

  function stop(why = "Stopped.") {
    drop();
    running?.(why);
  }

  async function one(code, print, { setup, show }) {
    const fault = await new Promise((resolve) => {
      running = resolve;
      ready().then(() => {
        if (running !== resolve) return;
        worker.onerror = (event) => resolve(`Python broke down: ${event.message}`);
        worker.onmessage = ({ data }) => {
          if (data.text) print(data.text);
          if (data.cut) print("\n… It printed more than this page shows.\n");
          if (data.html) show(data.html);
          if (data.full) drop();
          if (data.done) resolve(data.fault);
        };
        worker.postMessage({ code, setup });
      }, (error) => resolve(error.message));
    });
    running = undefined;
    return fault;
  }

  addEventListener("pagehide", () => stop("Stopped, since the page was left."));
  return {
    warm: () => ready().catch(() => {}),
    run: (code, print, more = {}) => (last = last.then(() => one(code, print, more))),
    stop,
  };
})();
