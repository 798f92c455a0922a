//! Values of Postgres on their way in and out: the scalar types that need no crate of their own.
#![expect(
    clippy::result_large_err,
    reason = "the size of an error is the interface's"
)]

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Column as PgColumn, Row};

use super::bindings::spin::postgres::postgres::{
    Column, DbDataType, DbValue, Error, ParameterValue,
};

pub type Parameter = Box<dyn ToSql + Sync + Send>;

pub fn parameters(values: Vec<ParameterValue>) -> Result<Vec<Parameter>, Error> {
    values.into_iter().map(parameter).collect()
}

fn parameter(value: ParameterValue) -> Result<Parameter, Error> {
    Ok(match value {
        ParameterValue::Boolean(value) => Box::new(value),
        ParameterValue::Int8(value) => Box::new(value),
        ParameterValue::Int16(value) => Box::new(value),
        ParameterValue::Int32(value) => Box::new(value),
        ParameterValue::Int64(value) => Box::new(value),
        ParameterValue::Floating32(value) => Box::new(value),
        ParameterValue::Floating64(value) => Box::new(value),
        ParameterValue::Str(value) => Box::new(value),
        ParameterValue::Binary(value) => Box::new(value),
        ParameterValue::DbNull => Box::new(Null),
        value => {
            return Err(Error::BadParameter(format!(
                "this host takes no {value:?}: cast a text in the statement"
            )));
        }
    })
}

/// A null of whatever type the statement has in that place.
#[derive(Debug)]
struct Null;

impl ToSql for Null {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

pub fn column(column: &PgColumn) -> Column {
    let data_type = match *column.type_() {
        Type::BOOL => DbDataType::Boolean,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbDataType::Str,
        Type::BYTEA => DbDataType::Binary,
        ref other => DbDataType::Other(other.name().to_owned()),
    };
    Column {
        name: column.name().to_owned(),
        data_type,
    }
}

pub fn row(row: &Row) -> Result<Vec<DbValue>, Error> {
    (0..row.len()).map(|index| entry(row, index)).collect()
}

fn entry(row: &Row, index: usize) -> Result<DbValue, Error> {
    let column = &row.columns()[index];
    match *column.type_() {
        Type::BOOL => value(row, index, DbValue::Boolean),
        Type::INT2 => value(row, index, DbValue::Int16),
        Type::INT4 => value(row, index, DbValue::Int32),
        Type::INT8 => value(row, index, DbValue::Int64),
        Type::FLOAT4 => value(row, index, DbValue::Floating32),
        Type::FLOAT8 => value(row, index, DbValue::Floating64),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => value(row, index, DbValue::Str),
        Type::BYTEA => value(row, index, DbValue::Binary),
        ref other => {
            let text = format!(
                "this host gives no {other} (column {:?}): cast it to text",
                column.name()
            );
            Err(Error::ValueConversionFailed(text))
        }
    }
}

fn value<'a, V: FromSql<'a>>(
    row: &'a Row,
    index: usize,
    wrap: impl Fn(V) -> DbValue,
) -> Result<DbValue, Error> {
    let value: Option<V> = row
        .try_get(index)
        .map_err(|error| Error::ValueConversionFailed(error.to_string()))?;
    Ok(value.map_or(DbValue::DbNull, wrap))
}
