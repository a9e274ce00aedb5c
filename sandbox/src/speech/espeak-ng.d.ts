/** The package has no types of its own. */
declare module 'espeak-ng' {
  export default function eSpeakNg(module: {
    readonly arguments: readonly string[];
    readonly print: (line: string) => void;
    readonly printErr: (line: string) => void;
  }): Promise<{ readonly FS: { readFile(path: string): Uint8Array } }>;
}
