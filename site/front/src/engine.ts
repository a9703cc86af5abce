// The page's side of the worker: loads it once, sends requests, and stops it by replacing it.
import { fetchBytes } from "./bytes";
import type { Asking, Exchange, Fault, Reply } from "./messages";

/** An error of a query, with its place when the engine names one. */
export class QueryFault extends Error {
  constructor(readonly fault: Fault) {
    super(fault.message);
  }
}

/** The query was stopped, by the reader or by the time limit. */
export class Stopped extends Error {}

interface Waiting {
  resolve(reply: unknown): void;
  reject(error: Error): void;
}

export class Engine {
  #worker: Worker;
  #waiting = new Map<number, Waiting>();
  #ids = 0;
  readonly #files: Promise<readonly [WebAssembly.Module, Uint8Array]>;
  /** Resolves to the number of statements when the dataset is loaded. */
  ready: Promise<number>;

  constructor(engine: string, dataset: string) {
    this.#worker = this.#start();
    this.#files = Promise.all([fetchBytes(engine).then(compile), fetchBytes(dataset)]);
    this.ready = this.#load();
  }

  /** Sends a request to the worker; `limit` is the time limit in milliseconds. */
  async ask<K extends Asking>(what: K, request: Exchange[K]["request"], limit = 0): Promise<Exchange[K]["reply"]> {
    const id = ++this.#ids;
    const reply = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const clock = limit ? setTimeout(() => this.stop(`Stopped after ${limit / 1000} seconds. A narrower pattern answers sooner.`), limit) : 0;
    this.#worker.postMessage({ id, what, ...request });
    try {
      return (await reply) as Exchange[K]["reply"];
    } finally {
      clearTimeout(clock);
      this.#waiting.delete(id);
    }
  }

  /** Ends the worker, and starts another with the same dataset. */
  stop(why = "Stopped."): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Stopped(why));
    this.#waiting.clear();
    this.#worker = this.#start();
    this.ready = this.#load();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.id);
      if ("fault" in data) waiting?.reject(new QueryFault(data.fault));
      else waiting?.resolve(data.reply);
    };
    worker.onerror = (event) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(event.message || "the worker could not start"));
    };
    return worker;
  }

  async #load(): Promise<number> {
    const [module, dataset] = await this.#files;
    return (await this.ask("load", { module, dataset })).quads;
  }
}

function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "\0asm") throw new Error("the engine is not what it should be");
  return WebAssembly.compile(bytes as BufferSource);
}
