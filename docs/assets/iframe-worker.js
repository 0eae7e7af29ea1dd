// The search runs in a worker, which browsers refuse to pages that were opened as files. There, a
// hidden frame takes its place: the worker's script runs in it, and messages go to and fro.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      this.onmessage = this.onerror = this.onmessageerror = null;
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.loaded = new Promise((done) => {
        this.frame.addEventListener("load", () => this.start(String(url), done), { once: true });
      });
      document.documentElement.append(this.frame);
    }

    start(url, done) {
      const inside = this.frame.contentWindow;
      const tell = (type, init) => later(() => {
        const event = new MessageEvent(type, init);
        this.dispatchEvent(event);
        this[`on${type}`]?.(event);
      });
      inside.postMessage = (data) => tell("message", { data: structuredClone(data) });
      load(inside, url).then(done, () => tell("error", {}));
    }

    postMessage(sent) {
      const data = structuredClone(sent); // neither side sees what the other does to it
      this.loaded.then(() => later(() => {
        const inside = this.frame.contentWindow;
        inside?.dispatchEvent(new inside.MessageEvent("message", { data }));
      }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}

/** As a worker would answer: never before the caller has gone on. */
function later(act) {
  setTimeout(act);
}

function load(inside, url) {
  return new Promise((done, failed) => {
    const script = inside.document.createElement("script");
    script.src = new URL(url, location.href).href;
    script.onload = done;
    script.onerror = failed;
    inside.document.body.append(script);
  });
}
