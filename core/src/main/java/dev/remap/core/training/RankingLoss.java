package dev.remap.core.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a training lowers: a function of the descriptors of a batch. */
interface RankingLoss {
  /**
   * The mean loss of a batch.
   *
   * @param units descriptors of the batch's images, of L2 norm 1
   * @param gradient receives the gradient by each of them, added
   */
  double add(Batch batch, double[][] units, double[][] gradient);

  /** Whether tuples are mined for it; otherwise it ranks all images of a batch. */
  boolean takesTuples();

  /** The losses that there are. */
  enum Kind {
    /** ½·max(0, m + ‖q−p‖ − ‖q−n‖): as REMAP prints it (fig. 1b). */
    TRIPLET(0.1),
    /** ½·max(0, m + ‖q−p‖² − ‖q−n‖²): as DIR prints it (Gordo et al., IJCV 2017). */
    TRIPLET_SQUARED(0.1),
    /** ½·‖q−p‖² + Σ ½·max(0, m − ‖q−n‖)²: Radenović, Tolias, Chum, TPAMI 2018. */
    CONTRASTIVE(0.7),
    /** 1 − mean average precision over soft bins: Revaud et al., ICCV 2019. */
    AP(0);

    private final double margin;

    Kind(double margin) {
      this.margin = margin;
    }

    /** As a setting writes it. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> labels() {
      return Arrays.stream(values()).map(Kind::label).toList();
    }

    static Kind of(String label) {
      return Arrays.stream(values())
          .filter(kind -> kind.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new IllegalArgumentException(label + " is none of " + labels()));
    }

    /**
     * The loss.
     *
     * @param wanted margin; 0 for the one of its source
     */
    RankingLoss loss(double wanted) {
      double m = wanted == 0 ? margin : wanted;
      return switch (this) {
        case TRIPLET -> new TripletLoss(m);
        case TRIPLET_SQUARED -> new SquaredTripletLoss(m);
        case CONTRASTIVE -> new ContrastiveLoss(m);
        case AP -> new AveragePrecisionLoss();
      };
    }
  }
}
