/** Blocks that are kept. When so many are full they are joined two by two, so that a stream has between half and all of them. */
export const mostBlocks = 32;

/**
 * Sums over equal blocks of time, from 0 on. However long the stream, there are never more than `mostBlocks`: then neighbours are
 * joined and blocks are twice as long. Memory is constant, and blocks depend on nothing but the times.
 */
export class TimeBlocks {
  readonly #columns: number;
  readonly #sums: Float64Array;
  #widthMs: number;

  /** `columns`: sums that each block keeps; `widthMs`: length of a block at first. */
  constructor(columns: number, widthMs: number) {
    this.#columns = columns;
    this.#widthMs = widthMs;
    this.#sums = new Float64Array(mostBlocks * columns);
  }

  get widthMs(): number {
    return this.#widthMs;
  }

  /** The block that a time lies in; joins blocks until there is one for it. */
  blockAt(atMs: number): number {
    while (atMs >= this.#widthMs * mostBlocks) this.#join();
    return Math.floor(atMs / this.#widthMs);
  }

  add(block: number, column: number, value: number): void {
    const place = block * this.#columns + column;
    this.#sums[place] = (this.#sums[place] ?? 0) + value;
  }

  /** One column of the first `count` blocks, `span` neighbours summed up at a time; the last sum may be over fewer. */
  sums(column: number, count: number, span: number): number[] {
    const sums: number[] = [];
    for (let block = 0; block < count; block += 1) {
      const value = this.#sums[block * this.#columns + column] ?? 0;
      if (block % span === 0) sums.push(value);
      else sums[sums.length - 1] = (sums.at(-1) ?? 0) + value;
    }
    return sums;
  }

  #join(): void {
    const { length } = this.#sums;
    for (let block = 0; block < mostBlocks; block += 1) {
      for (let column = 0; column < this.#columns; column += 1) {
        const value = this.#sums[block * this.#columns + column] ?? 0;
        const into = (block >> 1) * this.#columns + column;
        this.#sums[into] = (block % 2 === 0 ? 0 : (this.#sums[into] ?? 0)) + value;
      }
    }
    this.#sums.fill(0, length / 2);
    this.#widthMs *= 2;
  }
}
