// Python on the page, for whatever runs it: one worker, one text after the other.
//   pagePython.warm()             begins to load the engine
//   pagePython.run(code, print)   a promise of what went wrong, in words; "" if nothing did
//   pagePython.stop()             ends what runs
globalThis.pagePython = (() => {
  const address = new URL("live-engine.js", document.currentScript.src);
  let starting, worker, running;
  let last = Promise.resolve();

  const load = () =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = () => reject(Error("Python could not be loaded: live-engine.js is missing."));
      document.head.append(script);
    });

  async function begin() {
    if (!globalThis.liveEngine) await load();
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

  async function one(code, print) {
    const fault = await new Promise((resolve) => {
      running = resolve;
      ready().then(() => {
        if (running !== resolve) return;
        worker.onerror = (event) => resolve(`Python broke down: ${event.message}`);
        worker.onmessage = ({ data }) => {
          if (data.text) print(data.text);
          if (data.cut) print("\n… It printed more than this page shows.\n");
          if (data.full) drop();
          if (data.done) resolve(data.fault);
        };
        worker.postMessage({ code });
      }, (error) => resolve(error.message));
    });
    running = undefined;
    return fault;
  }

  addEventListener("pagehide", () => stop("Stopped, since the page was left."));
  return {
    warm: () => ready().catch(() => {}),
    run: (code, print) => (last = last.then(() => one(code, print))),
    stop,
  };
})();
