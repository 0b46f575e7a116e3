// The server's events, for as long as the page is open: through restarts of the server, sleep and half-open connections.

const silence = 5_000; // The server speaks every second.
const pause = 2_000;

export class Stream {
  #address;
  #on;
  #source;
  #receivedAt = 0;

  // on: { snapshot, tick, lost }
  constructor(address, on) {
    [this.#address, this.#on] = [address, on];
    this.#open();
    setInterval(() => this.#check(), 1_000);
  }

  #open() {
    this.#receivedAt = performance.now();
    this.#source = new EventSource(this.#address);
    this.#listen("snapshot", this.#on.snapshot);
    this.#listen("tick", this.#on.tick);
    this.#source.addEventListener("error", () => this.#on.lost());
  }

  #listen(event, handle) {
    this.#source.addEventListener(event, message => {
      this.#receivedAt = performance.now();
      handle(JSON.parse(message.data));
    });
  }

  // The browser tries again after a broken connection, but not after an answer that is no stream, nor where nothing comes.
  #check() {
    const quiet = performance.now() - this.#receivedAt;
    if (quiet > silence || (this.#source.readyState === EventSource.CLOSED && quiet > pause)) {
      this.#on.lost();
      this.#source.close();
      this.#open();
    }
  }
}
