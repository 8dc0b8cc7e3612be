package dev.remap.core.training;

import dev.remap.core.extraction.ParallelFor;
import dev.remap.core.training.head.Activation;
import dev.remap.core.training.head.Head;
import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A head learning, and the network before it if that learns, too, epoch by epoch: all images are
 * described, tuples are mined by exact search, and batches of them are learnt one after the other;
 * then the groups that are held out are searched for. The order of all sums is one, so the bits
 * depend on what it is given alone.
 */
public final class HeadTraining {
  private final RegionSet set;
  private final Optional<LearningNetwork> network;
  private final int[] groups;
  private final Split split;
  private final Recipe recipe;
  private final Head start;
  private final ParallelFor searching;
  private final RankingLoss loss;
  private final Optimiser optimiser;
  private final Mining mining;
  private TrainingState state;

  /**
   * A training before its first epoch.
   *
   * @param set a {@link LearningNetwork}, which is {@link LearningNetwork#reset}, or what stays
   * @param groups of each image, as the split was dealt by
   * @param start where it begins; not changed
   * @param searching by whose threads images are searched for; they decide nothing
   */
  public HeadTraining(
      RegionSet set, int[] groups, Split split, Recipe recipe, Head start, ParallelFor searching) {
    this.set = set;
    this.groups = groups.clone();
    this.split = split;
    this.recipe = recipe;
    this.start = start;
    this.searching = searching;
    this.loss = recipe.ranking();
    this.mining = new Mining(this.groups, split);
    this.network =
        set instanceof LearningNetwork learning ? Optional.of(learning) : Optional.empty();
    network.ifPresent(LearningNetwork::reset);
    double[] learning = network.map(LearningNetwork::values).orElse(new double[0]);
    Parameters rounded = start.parameters().copy().with(Part.NETWORK, learning);
    rounded.round();
    this.optimiser =
        new Optimiser(recipe, rounded, network.map(LearningNetwork::lengths).orElse(new int[0]));
    this.state = new TrainingState(rounded);
    state.curve.add(new Epoch(0, Double.NaN, heldOut(describe(start.with(rounded)))));
  }

  /**
   * Goes on where another training of the same images, recipe and start was.
   *
   * @param bytes its {@link #state}
   * @throws IllegalArgumentException if they are of another one, or damaged
   */
  public void resume(byte[] bytes) {
    state = TrainingState.read(bytes, state.values);
    network.ifPresent(
        it -> {
          it.put(state.values.of(Part.NETWORK));
          it.describe(split.learntOrHeldOut());
        });
  }

  /** All that the next epoch depends on. */
  public byte[] state() {
    return state.toBytes();
  }

  /** Epochs that are done. */
  public int epochs() {
    return state.epochs();
  }

  /** The start and every epoch since. */
  public List<Epoch> curve() {
    return List.copyOf(state.curve);
  }

  /** The epoch by which the groups that are held out were found best; the first of equal ones. */
  public int bestEpoch() {
    return state.bestEpoch;
  }

  /** The head of that epoch. */
  public Head best() {
    return start.with(state.best.copy());
  }

  /** What of the network learns, in that epoch; nothing if it stays as it is. */
  public double[] bestNetwork() {
    return state.best.of(Part.NETWORK).clone();
  }

  /** The head of the last epoch. */
  public Head last() {
    return start.with(state.values.copy());
  }

  /** What the last epoch has mined; nothing for a loss that ranks. */
  public List<Tuple> mined() {
    return state.mined;
  }

  /** Whether all epochs are done, or too many without a better one. */
  public boolean isOver() {
    return state.epochs() >= recipe.epochs()
        || state.epochs() - state.bestEpoch >= recipe.patience();
  }

  /** Is told of a batch that has been learnt. */
  public interface Progress {
    /**
     * Says how far the epoch is.
     *
     * @param done batches of the epoch
     * @param loss of the last one
     */
    void batch(int done, int batches, double loss);
  }

  /** As {@link #epoch(Progress)}, without a word. */
  public Epoch epoch() {
    return epoch((done, batches, loss) -> {});
  }

  /**
   * Learns for one more epoch.
   *
   * @throws DivergedException naming the batch; the state is undefined then
   */
  public Epoch epoch(Progress progress) {
    int number = state.epochs() + 1;
    Head head = start.with(state.values);
    network.ifPresent(it -> it.begin(number));
    SplittableRandom random = new SplittableRandom(recipe.seed() + 0x9E3779B97F4A7C15L * number);
    List<Batch> batches = batches(head, random);
    double sum = 0;
    for (int b = 0; b < batches.size(); b++) {
      double epochs = state.epochs() + (b + 1.0) / batches.size();
      double mean = step(head, batches.get(b), recipe.schedule().factor(epochs));
      if (!Double.isFinite(mean) || !state.values.isFinite() || !state.values.hasWeight()) {
        throw new DivergedException(number, b + 1, mean, batches.get(b).images());
      }
      sum += mean;
      progress.batch(b + 1, batches.size(), mean);
    }
    for (Parameters parameters : List.of(state.values, state.first, state.second)) {
      parameters.round();
    }
    network.ifPresent(it -> it.describe(split.learntOrHeldOut()));
    Epoch epoch = new Epoch(number, sum / batches.size(), heldOut(describe(head)));
    state.curve.add(epoch);
    if (epoch.map() > state.bestOfAll().map()) {
      state.keep();
    }
    return epoch;
  }

  private List<Batch> batches(Head head, SplittableRandom random) {
    List<Batch> batches = new ArrayList<>();
    if (!loss.takesTuples()) {
      for (List<Integer> images : mining.ranked(recipe.batch(), random)) {
        batches.add(Batch.ranked(images, groups));
      }
      return batches;
    }
    state.mined =
        mining.tuples(describe(head), recipe.queries(), recipe.negatives(), random, searching);
    for (int from = 0; from < state.mined.size(); from += recipe.batch()) {
      int to = Math.min(state.mined.size(), from + recipe.batch());
      batches.add(Batch.of(state.mined.subList(from, to), groups));
    }
    return batches;
  }

  private double step(Head head, Batch batch, double factor) {
    Parameters gradient = head.parameters().zeros();
    double mean =
        network.isPresent()
            ? gradient(head, network.get(), loss, batch, gradient)
            : gradient(head, set, loss, batch, gradient);
    optimiser.step(head.parameters(), gradient, state.first, state.second, ++state.steps, factor);
    network.ifPresent(it -> it.put(head.parameters().of(Part.NETWORK)));
    return mean;
  }

  /** The loss of a batch; its gradient by the head's parameters is added. */
  static double gradient(
      Head head, RegionSet set, RankingLoss loss, Batch batch, Parameters gradient) {
    float[] regions = new float[set.shape().length()];
    Activation[] made = new Activation[batch.images().length];
    double[][] units = new double[made.length][];
    for (int i = 0; i < made.length; i++) {
      set.read(batch.images()[i], regions);
      made[i] = head.forward(regions);
      units[i] = made[i].unit();
    }
    double[][] byUnits = new double[made.length][head.dimension()];
    double mean = loss.add(batch, units, byUnits);
    for (int i = 0; i < made.length; i++) {
      set.read(batch.images()[i], regions);
      head.backward(regions, made[i], byUnits[i], gradient);
    }
    return mean;
  }

  /**
   * As the other, with the gradient by the network's parameters. Every image that the loss is not
   * indifferent to goes through it twice: so what is kept for the way back is of a few images,
   * whatever the batch.
   */
  static double gradient(
      Head head, LearningNetwork network, RankingLoss loss, Batch batch, Parameters gradient) {
    double[][] units = new double[batch.images().length][];
    network.forward(batch.images(), (i, regions) -> units[i] = head.forward(regions).unit());
    double[][] byUnits = new double[units.length][head.dimension()];
    double mean = loss.add(batch, units, byUnits);
    int[] decisive =
        IntStream.range(0, units.length)
            .filter(i -> Arrays.stream(byUnits[i]).anyMatch(by -> by != 0))
            .toArray();
    network.learn(
        Arrays.stream(decisive).map(i -> batch.images()[i]).toArray(),
        () -> new HeadShare(head, decisive, byUnits, head.parameters().zeros()),
        share -> gradient.add(share.gradient));
    return mean;
  }

  /** The gradient by all that learns, of some images. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record HeadShare(Head head, int[] decisive, double[][] byUnits, Parameters gradient)
      implements LearningNetwork.Share {
    @Override
    public float[] byRegions(int position, float[] regions) {
      double[] byUnit = byUnits[decisive[position]];
      double[] byRaw = head.backward(regions, head.forward(regions), byUnit, gradient);
      return head.byParts(regions, byRaw);
    }

    @Override
    public double[] network() {
      return gradient.of(Part.NETWORK);
    }
  }

  private float[][] describe(Head head) {
    return describe(set, split.learntOrHeldOut(), head);
  }

  private static float[][] describe(RegionSet set, int[] images, Head head) {
    float[][] units = new float[set.images()][];
    float[] regions = new float[set.shape().length()];
    for (int image : images) {
      set.read(image, regions);
      units[image] = head.describe(regions);
    }
    return units;
  }

  /** Images held out are searched for among those that are learnt from, too. */
  private double heldOut(float[][] units) {
    return LeaveOneOut.mean(
        LeaveOneOut.precisions(units, groups, split.heldOut(), split.learntOrHeldOut(), searching));
  }

  /** The average precision of each image of the test, by what was best, as {@link #precisions}. */
  public double[] bestPrecisions() {
    network.ifPresent(
        it -> {
          it.put(state.best.of(Part.NETWORK));
          it.describe(split.tested());
        });
    return precisions(set, groups, split, best(), searching);
  }

  /**
   * The average precision of each image of a split's test, searched for among them and the test's
   * distractors by a head; NaN for one that is alone in its group.
   *
   * @param searching by whose threads; they decide nothing
   */
  public static double[] precisions(
      RegionSet set, int[] groups, Split split, Head head, ParallelFor searching) {
    float[][] units = describe(set, split.tested(), head);
    return LeaveOneOut.precisions(units, groups, split.test(), split.tested(), searching);
  }
}
