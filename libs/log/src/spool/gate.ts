/** Keeps newcomers waiting for a bounded while, in order. */
export class Gate {
  private closed: { readonly opened: Promise<void>; readonly open: () => void } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly closedMsMax: number) {}

  /** From now on `passed` waits, until `open` or until the time is up. */
  close(): void {
    if (this.closed !== undefined) return;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.closed = { opened, open };
    this.timer = setTimeout(() => this.open(), this.closedMsMax);
  }

  open(): void {
    clearTimeout(this.timer);
    this.closed?.open();
    this.closed = undefined;
  }

  /** `undefined` where nobody has to wait, so that they go on in the same turn. */
  passed(): Promise<void> | undefined {
    return this.closed?.opened;
  }
}
