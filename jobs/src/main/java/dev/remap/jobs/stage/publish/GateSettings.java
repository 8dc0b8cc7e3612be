package dev.remap.jobs.stage.publish;

import dev.remap.jobs.config.Settings;

/**
 * How strict the gate is: the settings {@code publish.*} and {@code drift.*}.
 *
 * @param every every n-th vector must find itself
 * @param minSelfRetrieval share that must
 * @param maxRejectRatio share of the catalogue that may be rejected
 * @param copies how many images are distorted; 0 for no comparison
 * @param groups which images belong together; empty for no comparison
 * @param maxDrop what a mean over queries may fall by, against the live generation
 * @param forced whether a failed check keeps nothing from being published
 * @param drift when a new training is asked for
 */
record GateSettings(
    int every,
    double minSelfRetrieval,
    double maxRejectRatio,
    int copies,
    String groups,
    double maxDrop,
    boolean forced,
    DriftBounds drift) {

  /**
   * When new images are so unlike those that whitening and quantizer were trained on that a new
   * training is asked for.
   *
   * @param minImages with fewer new ones, nothing is said
   * @param maxAngle degrees between their leading directions and the whitening's
   * @param minExplained share of variance kept, as a share of the training's
   * @param maxError mean quantisation error, as a multiple of the training's
   * @param maxImbalance of the lists, as a multiple of what it was with a new quantizer
   */
  record DriftBounds(
      int minImages, double maxAngle, double minExplained, double maxError, double maxImbalance) {}

  static GateSettings of(Settings settings) {
    return new GateSettings(
        settings.integer("publish.self-retrieval-every", 1, Integer.MAX_VALUE),
        settings.number("publish.min-self-retrieval", 0, 1),
        settings.number("publish.max-reject-ratio", 0, 1),
        settings.integer("publish.copies", 0, 10_000),
        settings.string("publish.groups"),
        settings.number("publish.max-drop", 0, 1),
        settings.flag("publish.force"),
        new DriftBounds(
            settings.integer("drift.min-images", 2, Integer.MAX_VALUE),
            settings.number("drift.max-angle", 0, 90),
            settings.number("drift.min-explained", 0, 1),
            settings.number("drift.max-error", 1, 1e9),
            settings.number("drift.max-imbalance", 1, 1e9)));
  }
}
