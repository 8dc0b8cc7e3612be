package dev.remap.index.jfaiss;

/**
 * What must be in the process before this library's natives: a service, found by {@link
 * java.util.ServiceLoader} and run once, by whoever uses Faiss first.
 */
public interface NativePrerequisite {
  /** Loads it, or does nothing if it is loaded. */
  void load();
}
