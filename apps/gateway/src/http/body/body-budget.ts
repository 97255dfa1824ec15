/**
 * The bytes of request bodies that the gateway holds at a time, read or being read, until their answers are out. Under
 * more load than it can take, or with clients that send slowly, their number alone would exhaust the memory.
 */
export class BodyBudget {
  private held = 0;

  constructor(private readonly bytesMax: number) {}

  /** The share of one request, empty as yet. */
  share(): BodyShare {
    let taken = 0;
    let released = false;
    return {
      take: (bytes) => {
        if (released || this.held + bytes > this.bytesMax) return false;
        this.held += bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        if (released) return;
        released = true;
        this.held -= taken;
      },
    };
  }
}

export interface BodyShare {
  /** Whether there is room for so many bytes more; they are held then. */
  take(bytes: number): boolean;
  /** Gives everything back; the share takes nothing more. Idempotent. */
  release(): void;
}
