package dev.remap.core.extraction;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.remap.core.json.StrictJson;

/**
 * How the descriptors of an image at several scales become one. Sums are in a fixed order, so that
 * equal descriptors give equal bits.
 */
public sealed interface ScaleCombination
    permits ScaleCombination.Sum, ScaleCombination.Gem, ScaleCombination.Max, WhitenedSum {
  /** One image's descriptors, scale by scale. Used by one thread at a time. */
  interface Combined {
    /**
     * Takes the descriptor at the next scale.
     *
     * @throws IllegalArgumentException if the combination is not for such values
     */
    void add(Scale scale, float[] raw);

    /** The one that they become; not finite if one of them was not. */
    float[] descriptor();
  }

  /**
   * Begins with an image.
   *
   * @param dimension of its descriptor at a scale
   */
  Combined start(int dimension);

  /**
   * Components of the one that descriptors at the scales become.
   *
   * @param aggregated components of those
   * @throws IllegalArgumentException if it is for descriptors of another length
   */
  default int dimension(int aggregated) {
    return aggregated;
  }

  /** The scale as far as it counts here: of weight 1 where weights do not. */
  default Scale canonical(Scale scale) {
    return new Scale(scale.longSide(), scale.shortSide(), 1);
  }

  /** Writes what {@link #read} gives back. */
  void write(ObjectNode node);

  /**
   * The one of a name, but for {@link WhitenedSum}, which has a file.
   *
   * @param p exponent of gem
   * @throws IllegalArgumentException if there is none of that name, or p is out of range
   */
  static ScaleCombination of(String name, float p) {
    return switch (name) {
      case "sum" -> new Sum();
      case "gem" -> new Gem(p);
      case "max" -> new Max();
      default ->
          throw new IllegalArgumentException(
              "scale-combination is '%s': it must be sum, gem, max or whitened-sum"
                  .formatted(name));
    };
  }

  static ScaleCombination read(StrictJson node) {
    String name = node.text("name");
    if (name.equals(WhitenedSum.NAME)) {
      return WhitenedSum.read(node);
    }
    return of(name, name.equals("gem") ? node.number("p") : 1);
  }

  /** Σ weight · raw descriptor. */
  record Sum() implements ScaleCombination {
    @Override
    public Combined start(int dimension) {
      return new WeightedSum(dimension);
    }

    @Override
    public Scale canonical(Scale scale) {
      return scale;
    }

    @Override
    public void write(ObjectNode node) {
      node.put("name", "sum");
    }
  }

  /**
   * (mean over the scales of x^p)^(1/p), x at L2 norm 1, and then at L2 norm 1 again (Radenović,
   * Tolias, Chum, TPAMI 2018; cirtorch's msp). For descriptors without negative components.
   *
   * @param p 1 to 100
   */
  record Gem(float p) implements ScaleCombination {
    public Gem {
      if (!(p >= 1 && p <= 100)) {
        throw new IllegalArgumentException(
            "p of scale-combination gem is " + p + ", must be from 1 to 100");
      }
    }

    @Override
    public Combined start(int dimension) {
      return new UnitScales(dimension) {
        private int scales;

        @Override
        void add(int i, double x) {
          combined[i] += StrictMath.pow(x, p);
        }

        @Override
        public void add(Scale scale, float[] raw) {
          requireNoneNegative(scale, raw);
          scales++;
          super.add(scale, raw);
        }

        @Override
        double end(double sum) {
          return StrictMath.pow(sum / scales, 1.0 / p);
        }
      };
    }

    private static void requireNoneNegative(Scale scale, float[] raw) {
      for (int i = 0; i < raw.length; i++) {
        if (raw[i] < 0) {
          String what = "component %d of a descriptor at scale %dx%d is %s";
          throw new IllegalArgumentException(
              what.formatted(i, scale.longSide(), scale.shortSide(), raw[i])
                  + ", but extractor.scale-combination = gem takes none that is negative: choose"
                  + " sum or max");
        }
      }
    }

    @Override
    public void write(ObjectNode node) {
      node.put("name", "gem").put("p", p);
    }
  }

  /**
   * The largest of each component over the scales, each at L2 norm 1, and then at L2 norm 1 again:
   * what SuperGlobal's Scale-GeM (Shao et al., ICCV 2023) tends to. Its finite form, shifted by the
   * minimum and of power 10, is not offered.
   */
  record Max() implements ScaleCombination {
    @Override
    public Combined start(int dimension) {
      return new UnitScales(dimension) {
        private boolean first = true;

        @Override
        public void add(Scale scale, float[] raw) {
          super.add(scale, raw);
          first = false;
        }

        @Override
        void add(int i, double x) {
          combined[i] = first ? x : Math.max(combined[i], x);
        }

        @Override
        double end(double max) {
          return max;
        }
      };
    }

    @Override
    public void write(ObjectNode node) {
      node.put("name", "max");
    }
  }
}
