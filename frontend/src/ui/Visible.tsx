import { codePointLabel, visiblePieces } from "@/lib/text/visible";

/** Text from a plan, a repository or a model: always text, and what hides in it is shown by its code point. */
export function Visible({ text }: { text: string }) {
  const pieces = visiblePieces(text);
  if (pieces.length === 1 && pieces[0]?.hidden === null) return text;
  return pieces.map((piece, index) =>
    piece.hidden ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
      <span key={index} className="hidden-char" title={piece.hidden}>
        {codePointLabel(piece.text)}
      </span>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place
      <bdi key={index}>{piece.text}</bdi>
    ),
  );
}
