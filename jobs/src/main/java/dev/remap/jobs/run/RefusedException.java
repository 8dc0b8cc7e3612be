package dev.remap.jobs.run;

/** A generation that was judged and is not published. */
public final class RefusedException extends JobFailedException {
  private static final long serialVersionUID = 1;

  private final String index;
  private final int generation;

  public RefusedException(String index, int generation, String format, Object... values) {
    super(format, values);
    this.index = index;
    this.generation = generation;
  }

  /** The name of the index. */
  public String index() {
    return index;
  }

  /** The number of the generation. */
  public int generation() {
    return generation;
  }
}
