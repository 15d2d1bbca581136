use std::collections::BTreeMap;
use std::path::Path;

use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::{EncoderError, QuantisedQ4, QuantisedQ8};

/// One tensor as a pack stores it.
#[derive(Clone, Debug, PartialEq)]
pub enum StoredTensor {
    /// Plain floats (written as f16 where that is exact enough, see [`Weights::write`]).
    Float {
        /// Shape.
        shape: Vec<usize>,
        /// Row-major values.
        values: Vec<f32>,
    },
    /// 4 bit, see [`QuantisedQ4`].
    Q4(QuantisedQ4),
    /// 8 bit, see [`QuantisedQ8`].
    Q8(QuantisedQ8),
}

impl StoredTensor {
    /// Its shape.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Self::Float { shape, .. } => shape.clone(),
            Self::Q4(matrix) => vec![matrix.rows, matrix.columns],
            Self::Q8(matrix) => vec![matrix.rows, matrix.columns],
        }
    }

    /// Appends the floats of one row of a matrix to `target`.
    ///
    /// # Panics
    /// If it has no such row.
    pub fn append_row(&self, row: usize, target: &mut Vec<f32>) {
        match self {
            Self::Float { shape, values } => {
                let columns = shape[shape.len() - 1];
                target.extend_from_slice(&values[row * columns..(row + 1) * columns]);
            }
            Self::Q4(matrix) => matrix.append_row(row, target),
            Self::Q8(matrix) => matrix.append_row(row, target),
        }
    }

    /// Its values as floats, row-major.
    pub fn to_f32(&self) -> Vec<f32> {
        match self {
            Self::Float { values, .. } => values.clone(),
            Self::Q4(matrix) => matrix.to_f32(),
            Self::Q8(matrix) => matrix.to_f32(),
        }
    }
}

/// Named tensors of a checkpoint or pack. A quantised tensor `NAME` lies in the file as `NAME.q4`
/// with `NAME.q4_scale`, or as `NAME.q8` with `NAME.q8_scale`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    tensors: BTreeMap<String, StoredTensor>,
}

impl Weights {
    /// Reads a `.safetensors` file of f32, f16, bf16 and quantised tensors.
    pub fn read(path: &Path) -> Result<Self, EncoderError> {
        let bytes = std::fs::read(path)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })?;
        Self::parse(&bytes)
            .map_err(|problem| EncoderError::Damaged { path: path.to_owned(), problem })
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let file = SafeTensors::deserialize(bytes).map_err(|error| error.to_string())?;
        let mut tensors = BTreeMap::new();
        for (name, view) in file.iter() {
            if name.ends_with("_scale") {
                continue;
            }
            let scales = |suffix: &str| {
                file.tensor(&format!("{name}{suffix}"))
                    .map_err(|_| format!("tensor {name} has no scales"))
            };
            let (name, tensor) = if let Some(base) = name.strip_suffix(".q4") {
                (base, StoredTensor::Q4(read_q4(&view, &scales("_scale")?)?))
            } else if let Some(base) = name.strip_suffix(".q8") {
                (base, StoredTensor::Q8(read_q8(&view, &scales("_scale")?)?))
            } else {
                let values =
                    floats(&view).map_err(|problem| format!("tensor {name}: {problem}"))?;
                (name, StoredTensor::Float { shape: view.shape().to_vec(), values })
            };
            // Some checkpoints prefix every encoder tensor with the class that saved them.
            let name = name.strip_prefix("bert.").unwrap_or(name);
            tensors.insert(name.to_owned(), tensor);
        }
        Ok(Self { tensors })
    }

    /// Writes all tensors. Plain floats under names that start with `head.` stay f32 (they carry
    /// the calibration); the others are written as f16.
    pub fn write(&self, path: &Path) -> Result<(), EncoderError> {
        let mut entries: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = Vec::new();
        for (name, tensor) in &self.tensors {
            match tensor {
                StoredTensor::Float { shape, values } if name.starts_with("head.") => {
                    entries.push((name.clone(), Dtype::F32, shape.clone(), f32_bytes(values)));
                }
                StoredTensor::Float { shape, values } => {
                    let bytes =
                        values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect();
                    entries.push((name.clone(), Dtype::F16, shape.clone(), bytes));
                }
                StoredTensor::Q4(matrix) => {
                    let shape = vec![matrix.rows, matrix.columns / 2];
                    entries.push((format!("{name}.q4"), Dtype::U8, shape, matrix.nibbles.clone()));
                    let shape = vec![matrix.rows, matrix.columns / super::Q4_GROUP];
                    let bytes = matrix.scales.iter().flat_map(|v| v.to_le_bytes()).collect();
                    entries.push((format!("{name}.q4_scale"), Dtype::F16, shape, bytes));
                }
                StoredTensor::Q8(matrix) => {
                    let shape = vec![matrix.rows, matrix.columns];
                    let bytes = matrix.values.iter().map(|v| v.cast_unsigned()).collect();
                    entries.push((format!("{name}.q8"), Dtype::I8, shape, bytes));
                    let bytes = f32_bytes(&matrix.scales);
                    entries.push((
                        format!("{name}.q8_scale"),
                        Dtype::F32,
                        vec![matrix.rows],
                        bytes,
                    ));
                }
            }
        }
        let damaged = |problem: String| EncoderError::Damaged { path: path.to_owned(), problem };
        let views = entries
            .iter()
            .map(|(name, dtype, shape, bytes)| {
                TensorView::new(*dtype, shape.clone(), bytes)
                    .map(|view| (name.as_str(), view))
                    .map_err(|error| damaged(error.to_string()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let bytes =
            safetensors::serialize(views, None).map_err(|error| damaged(error.to_string()))?;
        std::fs::write(path, bytes)
            .map_err(|source| EncoderError::Read { path: path.to_owned(), source })
    }

    /// The tensor `name`, whose shape must be `shape`.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<&StoredTensor, EncoderError> {
        let problem = |problem: String| EncoderError::Tensor { name: name.to_owned(), problem };
        let tensor = self.tensors.get(name).ok_or_else(|| problem("is missing".to_owned()))?;
        if tensor.shape() != shape {
            return Err(problem(format!("has shape {:?}, expected {shape:?}", tensor.shape())));
        }
        Ok(tensor)
    }

    /// Takes the tensor `name` out.
    pub fn remove(&mut self, name: &str) -> Option<StoredTensor> {
        self.tensors.remove(name)
    }

    /// Adds or replaces a tensor.
    pub fn insert(&mut self, name: &str, tensor: StoredTensor) {
        self.tensors.insert(name.to_owned(), tensor);
    }

    /// All tensors by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StoredTensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Weights, scales left out.
    pub fn parameters(&self) -> usize {
        self.tensors.values().map(|tensor| tensor.shape().iter().product::<usize>()).sum()
    }
}

fn f32_bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn floats(view: &TensorView) -> Result<Vec<f32>, String> {
    let pairs = || view.data().chunks_exact(2).map(|bytes| [bytes[0], bytes[1]]);
    match view.dtype() {
        Dtype::F32 => Ok(view
            .data()
            .chunks_exact(4)
            .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
            .collect()),
        Dtype::F16 => Ok(pairs().map(|bytes| f16::from_le_bytes(bytes).to_f32()).collect()),
        Dtype::BF16 => Ok(pairs().map(|bytes| half::bf16::from_le_bytes(bytes).to_f32()).collect()),
        // Position ids and the like: kept so that a checkpoint loads, never used.
        Dtype::I64 | Dtype::I32 | Dtype::BOOL => Ok(vec![0.0; view.shape().iter().product()]),
        other => Err(format!("element type {other:?} is not supported")),
    }
}

fn matrix_shape(view: &TensorView) -> Result<(usize, usize), String> {
    match view.shape() {
        [rows, columns] => Ok((*rows, *columns)),
        shape => Err(format!("a quantised tensor has two dimensions, this one {shape:?}")),
    }
}

fn read_q4(view: &TensorView, scales: &TensorView) -> Result<QuantisedQ4, String> {
    let (rows, bytes) = matrix_shape(view)?;
    let columns = bytes * 2;
    let scales: Vec<f16> =
        scales.data().chunks_exact(2).map(|pair| f16::from_le_bytes([pair[0], pair[1]])).collect();
    if !columns.is_multiple_of(super::Q4_GROUP) || scales.len() != rows * columns / super::Q4_GROUP
    {
        return Err("number of scales does not fit the matrix".to_owned());
    }
    Ok(QuantisedQ4 { rows, columns, nibbles: view.data().to_vec(), scales })
}

fn read_q8(view: &TensorView, scales: &TensorView) -> Result<QuantisedQ8, String> {
    let (rows, columns) = matrix_shape(view)?;
    let scales = floats(scales)?;
    if scales.len() != rows {
        return Err("number of scales does not fit the matrix".to_owned());
    }
    let values = view.data().iter().map(|byte| byte.cast_signed()).collect();
    Ok(QuantisedQ8 { rows, columns, values, scales })
}
