/** At most some 30 MB of the longest names. */
const TEXTS_MAX = 5_000;

/**
 * Texts of what is known for good, so that nobody is asked who is further away. Past the bound it begins anew, which costs
 * asking again.
 */
export class Remembered {
  private readonly texts = new Set<string>();

  constructor(private readonly textsMax = TEXTS_MAX) {}

  has(text: string): boolean {
    return this.texts.has(text);
  }

  add(text: string): void {
    if (this.texts.size >= this.textsMax) this.texts.clear();
    this.texts.add(text);
  }
}
