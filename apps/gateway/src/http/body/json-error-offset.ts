/**
 * The offset of the first character of `text` that JSON does not allow there; its length if the text ends too early.
 * Runs only when `JSON.parse` has refused: its message quotes the content and does not always say where.
 */
export function jsonErrorOffset(text: string): number {
  return new Scan(text).errorOffset();
}

const WORDS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

class Scan {
  private at = 0;
  /** The closing brackets due, innermost last: text instead of recursion, so that no nesting overflows the stack. */
  private readonly closers: string[] = [];

  constructor(private readonly text: string) {}

  errorOffset(): number {
    for (;;) {
      if (!this.value()) return this.at;
      while (this.takesCloser()) this.closers.pop();
      this.space();
      if (this.closers.length === 0) return this.at;
      if (!this.takes(',')) return this.at;
      if (this.closers.at(-1) === '}' && !this.key()) return this.at;
    }
  }

  /** Passes one scalar, one empty container, or the openings down to the first scalar; false where it cannot. */
  private value(): boolean {
    for (;;) {
      if (this.takes('[')) {
        this.closers.push(']');
        this.space();
        if (this.text[this.at] === ']') return true;
      } else if (this.takes('{')) {
        this.closers.push('}');
        this.space();
        if (this.text[this.at] === '}') return true;
        if (!this.key()) return false;
      } else return this.scalar();
    }
  }

  private key(): boolean {
    this.space();
    return this.string() && this.takes(':');
  }

  private scalar(): boolean {
    this.space();
    if (this.text[this.at] === '"') return this.string();
    const word = WORDS.find((each) => each[0] === this.text[this.at]);
    if (word !== undefined) return this.word(word);
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text);
    if (number === null && this.text[this.at] === '-') this.at += 1;
    this.at += number?.[0].length ?? 0;
    return number !== null;
  }

  private word(word: string): boolean {
    for (const character of word) {
      if (this.text[this.at] !== character) return false;
      this.at += 1;
    }
    return true;
  }

  private string(): boolean {
    if (this.text[this.at] !== '"') return false;
    for (this.at += 1; this.at < this.text.length; this.at += 1) {
      const character = this.text.charAt(this.at);
      if (character === '"') {
        this.at += 1;
        return true;
      }
      if (character < ' ') return false;
      if (character === '\\' && !this.escape()) return false;
    }
    return false;
  }

  private escape(): boolean {
    this.at += 1;
    const character = this.text[this.at] ?? '';
    if (character === 'u') {
      for (let digit = 0; digit < 4; digit += 1) {
        this.at += 1;
        if (!/^[0-9a-fA-F]$/.test(this.text[this.at] ?? '')) return false;
      }
      return true;
    }
    return character !== '' && '"\\/bfnrt'.includes(character);
  }

  private takesCloser(): boolean {
    const closer = this.closers.at(-1);
    return closer !== undefined && this.takes(closer);
  }

  private takes(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text.charAt(this.at))) this.at += 1;
  }
}
