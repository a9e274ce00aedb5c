/** Text for people, or with `--json` one object per line for programs. */
export class Screen {
  readonly #isJson: boolean;
  readonly #beganMs = Date.now();

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  line(type: string, fields: object, words: string): void {
    console.log(this.#isJson ? JSON.stringify({ type, ...fields }) : words);
  }

  /** With its time since the call began. */
  moment(event: object, { who, what }: { readonly who: string; readonly what: string }): void {
    const seconds = ((Date.now() - this.#beganMs) / 1000).toFixed(1).padStart(6);
    this.line('live', event, `${seconds} s  ${who.padEnd(7)} ${what}`);
  }
}
