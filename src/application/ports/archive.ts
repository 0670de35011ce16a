/** A file of an archive: its content in pieces, so that it need not be held as a whole. */
export interface ArchiveFile {
  readonly name: string;
  readonly content: AsyncIterable<string | Uint8Array>;
}

/** Packs files. */
export interface Archive {
  readonly contentType: string;
  readonly extension: string;
  /** Answers the archive in pieces, which are made as they are read. */
  pack(files: readonly ArchiveFile[]): AsyncIterable<Uint8Array>;
}
