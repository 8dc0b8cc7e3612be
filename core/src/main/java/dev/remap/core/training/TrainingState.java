package dev.remap.core.training;

import dev.remap.core.training.head.Parameters;
import dev.remap.core.training.head.Parameters.Part;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Where a training is: all that its next epoch depends on, beside its images and recipe. */
final class TrainingState {
  private static final int MAGIC = 'R' << 24 | 'M' << 16 | 'T' << 8 | 'R';
  private static final int VERSION = 1;

  final Parameters values;
  final Parameters first;
  final Parameters second;
  final Parameters best;
  final List<Epoch> curve = new ArrayList<>();
  List<Tuple> mined = List.of();
  int bestEpoch;
  long steps;

  TrainingState(Parameters start) {
    this(start.copy(), start.zeros(), start.zeros(), start.copy());
  }

  private TrainingState(Parameters values, Parameters first, Parameters second, Parameters best) {
    this.values = values;
    this.first = first;
    this.second = second;
    this.best = best;
  }

  int epochs() {
    return curve.size() - 1;
  }

  Epoch bestOfAll() {
    return curve.get(bestEpoch);
  }

  /** Takes what is learnt for the best there is. */
  void keep() {
    bestEpoch = epochs();
    for (Part part : Part.values()) {
      System.arraycopy(values.of(part), 0, best.of(part), 0, best.of(part).length);
    }
  }

  byte[] toBytes() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeLong(steps);
      out.writeInt(bestEpoch);
      out.writeInt(curve.size());
      for (Epoch epoch : curve) {
        out.writeInt(epoch.number());
        out.writeDouble(epoch.loss());
        out.writeDouble(epoch.map());
      }
      out.writeInt(mined.size());
      for (Tuple tuple : mined) {
        out.writeInt(tuple.images().size());
        for (int image : tuple.images()) {
          out.writeInt(image);
        }
      }
      for (Parameters parameters : List.of(values, first, second, best)) {
        write(parameters, out);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("nothing can fail in memory", e);
    }
  }

  private static void write(Parameters parameters, DataOutputStream out) throws IOException {
    for (Part part : Part.values()) {
      for (double value : parameters.of(part)) {
        out.writeFloat((float) value);
      }
    }
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @param start of the same training
   * @throws IllegalArgumentException if it is none of its states
   */
  static TrainingState read(byte[] bytes, Parameters start) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC || in.readInt() != VERSION) {
        throw new IllegalArgumentException("this is no state of a training");
      }
      TrainingState state = new TrainingState(start);
      state.steps = in.readLong();
      state.bestEpoch = in.readInt();
      int epochs = in.readInt();
      for (int i = 0; i < epochs; i++) {
        state.curve.add(new Epoch(in.readInt(), in.readDouble(), in.readDouble()));
      }
      state.mined = tuples(in);
      for (Parameters parameters : List.of(state.values, state.first, state.second, state.best)) {
        for (Part part : Part.values()) {
          double[] values = parameters.of(part);
          for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
          }
        }
      }
      if (in.read() >= 0 || state.curve.isEmpty() || state.bestEpoch >= epochs) {
        throw new IllegalArgumentException("this is a state of another training");
      }
      return state;
    } catch (IOException e) {
      throw new IllegalArgumentException("the state of the training is cut off", e);
    }
  }

  private static List<Tuple> tuples(DataInputStream in) throws IOException {
    List<Tuple> tuples = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      int images = in.readInt();
      int query = in.readInt();
      int positive = in.readInt();
      List<Integer> negatives = new ArrayList<>();
      for (int n = 2; n < images; n++) {
        negatives.add(in.readInt());
      }
      tuples.add(new Tuple(query, positive, negatives));
    }
    return tuples;
  }
}
