// The last values of one number, a second apart. NaN where the value is unknown.

const length = 120;

export class History {
  #values = new Float32Array(length).fill(NaN);
  #next = 0;

  // The newest value; missed is the number of unknown seconds before it.
  push(value, missed = 0) {
    for (let i = 0; i < Math.min(missed, length); i++) {
      this.#add(NaN);
    }

    this.#add(value);
  }

  // The newest ones, the oldest of them first.
  last(seconds) {
    return Array.from({ length: seconds }, (_, i) => this.#values[(this.#next + length - seconds + i) % length]);
  }

  #add(value) {
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % length;
  }
}
