package dev.remap.jobs.store;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Items of which each is looked for when somebody asks whether there is one. */
public abstract class LookAhead<T> implements Iterator<T> {
  private T next;

  /** The next item; null if there is none, also when asked again. */
  protected abstract T find();

  @Override
  public final boolean hasNext() {
    if (next == null) {
      next = find();
    }
    return next != null;
  }

  @Override
  public final T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T item = next;
    next = null;
    return item;
  }
}
