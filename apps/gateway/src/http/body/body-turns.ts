/**
 * Whose body is worked on. Read, a body takes its own size; parsed, encoded and on its way to the log it takes several
 * times that, so only so many bytes of bodies are worked on at a time, and the others wait as they came, in the order in
 * which they were complete. A body that is larger than the bound is worked on alone.
 */
export class BodyTurns {
  private working = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly bytesMax: number) {}

  /** The turn of one request, which has not begun. */
  turn(): BodyTurn {
    let state: 'NOT_BEGUN' | 'BEGUN' | 'ENDED' = 'NOT_BEGUN';
    let leave = (): void => undefined;
    return {
      begin: (bytes) => {
        const began = (): void => {
          state = 'BEGUN';
          leave = () => this.free(bytes);
        };
        if (this.waiting.size === 0 && this.fits(bytes)) {
          this.working += bytes;
          began();
          return undefined;
        }
        return new Promise((resolve) => {
          const place: Waiting = {
            bytes,
            begin: () => {
              began();
              resolve('BEGUN');
            },
          };
          this.waiting.add(place);
          leave = () => {
            this.waiting.delete(place);
            // Who left may have been the one that did not fit.
            this.admit();
            resolve('LEFT');
          };
        });
      },
      hasBegun: () => state === 'BEGUN',
      end: () => {
        if (state === 'ENDED') return;
        state = 'ENDED';
        leave();
      },
    };
  }

  private fits(bytes: number): boolean {
    return this.working === 0 || this.working + bytes <= this.bytesMax;
  }

  private free(bytes: number): void {
    this.working -= bytes;
    this.admit();
  }

  private admit(): void {
    for (const place of this.waiting) {
      if (!this.fits(place.bytes)) return;
      this.waiting.delete(place);
      this.working += place.bytes;
      place.begin();
    }
  }
}

interface Waiting {
  readonly bytes: number;
  readonly begin: () => void;
}

export interface BodyTurn {
  /** `undefined` where it has begun at once; else resolves when it has, or when it ended before that. Called once. */
  begin(bytes: number): Promise<'BEGUN' | 'LEFT'> | undefined;
  hasBegun(): boolean;
  /** Makes room for the next, or leaves the queue. Idempotent. */
  end(): void;
}
