/** Raw sound on its way to the object store, on a disk that outlives the process. */
export interface SpoolFile {
  append(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** Fewer bytes at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>;
  readonly sizeBytes: number;
  close(): Promise<void>;
}

export abstract class Spool {
  abstract create(name: string): Promise<SpoolFile>;
  abstract open(name: string): Promise<SpoolFile>;
  abstract remove(name: string): Promise<void>;
  abstract names(): Promise<readonly string[]>;
}
