package dev.remap.jobs.store;

/** The file {@link Store#MARK}, which is the same in every store. */
final class StoreMark {
  private static final String KIND = "remap-store";
  private static final int MAX_BYTES = 1 << 16;

  private StoreMark() {}

  private static byte[] bytes() {
    return Json.bytes(Json.versioned().put("kind", KIND));
  }

  static void makeIfMissing(Store store) {
    if (store.readIfPresent(Store.MARK, MAX_BYTES).isEmpty()) {
      store.create(Store.MARK, bytes());
    }
  }

  static void restore(Store store) {
    store.deleteQuietly(Store.MARK);
    store.create(Store.MARK, bytes());
  }

  /** Refuses one that is missing, damaged, or of another version of this program. */
  static void check(Store store) {
    byte[] mark =
        store
            .readIfPresent(Store.MARK, MAX_BYTES)
            .orElseThrow(
                () ->
                    new StoreException(
                        "There is no store at "
                            + store.root()
                            + " (no "
                            + Store.MARK
                            + "): check the path, or let a snapshot make one"));
    JsonFields fields = Json.parse(store.locate(Store.MARK), mark);
    fields.schemaVersion(Store.SCHEMA_VERSION);
    fields.text("kind", KIND::equals);
    fields.end();
  }
}
