package dev.remap.jobs.store.row;

/**
 * The label of one image, and whether the other images of its group bear it out.
 *
 * @param group as the labels name it
 * @param part images of its group that matches connect it with, itself among them; 0 where it is
 *     not in the graph
 * @param matches images of its group that it matches itself
 */
public record LabelRow(
    long key, String imageId, String group, Verdict verdict, int part, int matches) implements Row {
  /** Why a label counts or does not. */
  public enum Verdict {
    /** In the largest part of its group. */
    KEPT(""),
    /** It matches no other image of its group. */
    NO_MATCH("no match in its group"),
    /** It is connected with some images of its group, and more are connected with others. */
    SMALLER_PART("in a smaller part of its group"),
    /** Nothing could bear it out. */
    ALONE("alone in its group"),
    /** The index does not have the image. */
    NOT_IN_INDEX("not in the index");

    private final String reason;

    Verdict(String reason) {
      this.reason = reason;
    }

    /** Why it is left out, in words; empty of what is kept. */
    public String reason() {
      return reason;
    }
  }

  /** Whether the label counts. */
  public boolean isKept() {
    return verdict == Verdict.KEPT;
  }
}
