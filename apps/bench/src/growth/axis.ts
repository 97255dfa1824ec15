/** A logarithmic axis from a power of ten to a power of ten, on places of a picture. */
export class Axis {
  private constructor(
    private readonly lowest: number,
    private readonly highest: number,
    private readonly places: { readonly from: number; readonly to: number },
  ) {}

  /** Whole decades that hold every value, one at the least. */
  static over(values: readonly number[], places: { readonly from: number; readonly to: number }): Axis {
    const lowest = Math.floor(Math.log10(Math.min(...values)));
    const highest = Math.max(lowest + 1, Math.ceil(Math.log10(Math.max(...values))));
    return new Axis(lowest, highest, places);
  }

  get max(): number {
    return 10 ** this.highest;
  }

  get decades(): number[] {
    return Array.from({ length: this.highest - this.lowest + 1 }, (_, index) => 10 ** (this.lowest + index));
  }

  /** To a tenth of a pixel. */
  at(value: number): number {
    const { from, to } = this.places;
    const share = (Math.log10(value) - this.lowest) / (this.highest - this.lowest);
    return Math.round((from + share * (to - from)) * 10) / 10;
  }
}

/** `10k`, `1M`; below a thousand the number itself. */
export function sizeLabel(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 1_000 ? `${value / 1_000}k` : String(value);
}
