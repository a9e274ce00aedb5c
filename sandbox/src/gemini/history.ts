import type { Asked } from '../model/script.js';

/** What a session remembers, also for one that resumes it. */
export class History {
  readonly #userTexts: string[] = [];
  readonly #openCalls = new Map<string, string>();
  #afterTool: Asked['afterTool'];

  get openCallIds(): readonly string[] {
    return [...this.#openCalls.keys()];
  }

  userSaid(text: string): void {
    this.#userTexts.push(text);
    this.#afterTool = undefined;
  }

  called(id: string, name: string): void {
    this.#openCalls.set(id, name);
  }

  dropCalls(): void {
    this.#openCalls.clear();
  }

  /** False: nobody asked for this result. */
  answered(id: string, result: string): boolean {
    const name = this.#openCalls.get(id);
    if (name === undefined) return false;
    this.#openCalls.delete(id);
    this.#afterTool = { callId: id, name, result };
    return true;
  }

  asked(of: Pick<Asked, 'key' | 'system' | 'toolNames'>): Asked {
    return {
      ...of,
      userText: this.#userTexts.at(-1),
      turn: this.#userTexts.length,
      ...(this.#afterTool && { afterTool: this.#afterTool }),
    };
  }
}
